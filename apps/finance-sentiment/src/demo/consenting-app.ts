import { type Client, UnauthorizedError } from '@modelcontextprotocol/client';
import { type Connection, openConnection, takeAnswer } from './connection.js';
import type { MemoryClient } from './memory-client.js';
import type { Person } from './person.js';

/** An app that goes to its person by itself whenever the server wants more than it has. */
export interface ConsentingApp {
  /** @throws {UnauthorizedError} when the server wants more, however often the person has allowed it. */
  connect(): Promise<void>;
  /** Makes one call. @throws as {@link ConsentingApp.connect}, and whatever the call throws. */
  use<Result>(call: (client: Client) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** How often the person is asked for one and the same thing: to sign in, to allow more, and once again. A server may never have enough. */
const MAX_SIGN_INS = 3;

/** Makes one. What it takes from the browser is checked as {@link takeAnswer} says. */
export function consentingApp(options: {
  readonly mcpUrl: string;
  readonly memory: MemoryClient;
  readonly person: Person;
  /** A line that was refused cannot be used again, so neither can its client. */
  readonly newClient: () => Client;
  readonly fetch?: typeof globalThis.fetch;
}): ConsentingApp {
  const { mcpUrl, memory, person, newClient, fetch } = options;
  const open = () => openConnection({ mcpUrl, authProvider: memory, client: newClient(), fetch });
  let connection: Connection = open();

  async function consented<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (let signIns = 0; ; signIns += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof UnauthorizedError) || signIns === MAX_SIGN_INS) throw error;
        const { callback } = await person.decide(memory.authorizationUrl);
        await takeAnswer(memory, connection, callback);
      }
    }
  }

  return {
    connect: () =>
      consented(() => {
        connection = open();
        return connection.client.connect(connection.transport);
      }),
    use: (call) => consented(() => call(connection.client)),
    close: () => connection.client.close(),
  };
}
