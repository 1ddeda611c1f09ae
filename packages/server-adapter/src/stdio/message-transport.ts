/** What either SDK calls a transport: one connection, over which messages go both ways. */
export interface MessageTransport<Message = unknown> {
  start(): Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: each generation has options of its own, and they are passed on.
  send(message: Message, options?: any): Promise<void>;
  close(): Promise<void>;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: each generation says more about a message in its own way.
  onmessage?: ((message: Message, extra?: any) => void) | undefined;
}
