/**
 * What either SDK calls a transport: one connection, over which messages go both ways. Written as methods, which TypeScript compares both
 * ways: each generation has options and extras of its own here, and they are passed on.
 */
export interface MessageTransport<Message = unknown> {
  start(): Promise<void>;
  send(message: Message, options?: unknown): Promise<void>;
  close(): Promise<void>;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?(message: Message, extra?: object): void;
}
