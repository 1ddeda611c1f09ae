import { createServer } from 'node:http';
import { listen, stop } from '../listening.js';
import type { Account, Person } from './person.js';
import { Obstacle } from './surprise.js';
import { REDIRECT } from './vendor-setting.js';

/**
 * Whoever reads the tour: is told what to do, does it in a browser of their own, and the tour waits for where that is sent back to.
 *
 * What they tick is theirs to decide; what the tour announces happens only if they do as they are told.
 *
 * @throws {Obstacle} when the port is taken that browsers are sent back to.
 * @param print - Takes one line.
 */
export function waitingPerson(account: Account, print: (line: string) => void): Person {
  return {
    async decide(url, { untick = [], deny = false } = {}) {
      if (!url) throw new Error('The app did not ask to open the browser.');
      const server = createServer();
      const { port, hostname, pathname } = new URL(REDIRECT);
      await listen(server, Number(port), hostname).catch((error: Error) => {
        throw new Obstacle(
          `The browser could not come back: ${error.message}. Stop the program that has port ${port}; VS Code uses it too, while it signs in.`,
        );
      });
      const arrived = new Promise<URLSearchParams>((resolve) => {
        server.on('request', (request, response) => {
          const asked = new URL(request.url ?? '/', REDIRECT);
          const isBack = asked.pathname === pathname;
          response.writeHead(isBack ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
          response.end(
            '<!doctype html><title>Done</title><p>Back to the terminal: the tour goes on there.',
          );
          if (isBack) resolve(asked.searchParams);
        });
      });
      const task = deny
        ? 'press "Deny"'
        : untick.length > 0
          ? `take the tick off ${untick.join(' ')}, and allow the rest`
          : 'allow what is asked';
      print('');
      print(`      Your turn. Open ${url.href}`);
      print(`      Sign in as ${account.username} with ${account.password} if asked, and ${task}.`);
      print('');
      try {
        return { callback: await arrived };
      } finally {
        await stop(server, 200);
      }
    },
  };
}
