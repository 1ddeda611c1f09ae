import type { McpAuthInfo } from '../handler/auth-info.js';
import type { MessageTransport } from './message-transport.js';

/** What a server factory makes: either SDK's server. */
export interface Connectable {
  connect(transport: unknown): Promise<void>;
}

/** Tells the servers of a connection who sent a message, where whoever is in between would forget it. */
export interface CallersOfMessages {
  /** Of a message that was let through. */
  set(message: object, caller: McpAuthInfo): void;
  serving<Product extends Connectable, Context>(
    factory: (context: Context) => Product | Promise<Product>,
  ): (context: Context) => Promise<Product>;
}

/** Callers by message: the very object that was decided on is the one that a server gets. */
export function callersOfMessages(): CallersOfMessages {
  const callers = new WeakMap<object, McpAuthInfo>();

  /** The server has set its listener by now, and gets no message before this. */
  function introduce(channel: MessageTransport<object>): void {
    const deliver = channel.onmessage;
    channel.onmessage = (message, extra) => {
      const authInfo = callers.get(message);
      deliver?.call(channel, message, authInfo ? { ...extra, authInfo } : extra);
    };
  }

  return {
    set: (message, caller) => void callers.set(message, caller),
    serving: (factory) => async (context) => {
      const product = await factory(context);
      const connect = product.connect.bind(product);
      product.connect = async (channel: MessageTransport<object>) => {
        await connect(channel);
        introduce(channel);
      };
      return product;
    },
  };
}
