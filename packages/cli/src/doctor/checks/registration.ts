import { jsonObject } from '../facts.js';
import { knownClients } from '../known-clients.js';
import type { Reply } from '../patient.js';
import { registerAll, registrationEndpoint, shortfall } from '../register.js';
import { type Check, fail, ok, skip, warn } from '../verdict.js';
import { came, quoted } from '../wording.js';

/** Whether well-known clients can register as they do. It writes, so only where that was asked for. */
export const registration: readonly Check[] = [
  ...knownClients.map(
    ({ id, name, trait }): Check => ({
      id: `register-${id}`,
      phase: 'Authorization',
      requirement: 'AS-43',
      title: `${name} can register: ${trait}.`,
      breaks: `${name}: it cannot connect.`,
      remedy:
        'Accept the registration of RFC 7591 from anybody: replace or drop what you do not offer, and answer 201 with all that holds.',
      async examine(patient) {
        const endpoint = await registrationEndpoint(patient);
        if ('why' in endpoint) return skip(endpoint.why);
        const all = await registerAll(patient, endpoint.url);
        const mine = all.find(({ client }) => client.id === id);
        if (!mine) return skip('it was not tried.');
        if (!mine.registered)
          return fail(`${name} ${refused(mine.reply)}`, endpoint.url, remedyFor(mine.reply));
        const lacks = shortfall(mine);
        return lacks === undefined
          ? ok()
          : fail(`${name} is registered in vain: ${lacks}.`, endpoint.url);
      },
    }),
  ),
  {
    id: 'unregister',
    phase: 'Authorization',
    requirement: 'AS-49',
    title: 'What was registered here is gone again.',
    breaks: 'Nobody; the list of clients grows.',
    remedy: 'Remove these clients by hand. A server with RFC 7592 lets clients remove themselves.',
    async examine(patient) {
      const endpoint = await registrationEndpoint(patient);
      if ('why' in endpoint) return skip(endpoint.why);
      const registered = (await registerAll(patient, endpoint.url)).filter(
        (each) => each.registered,
      );
      if (registered.length === 0) return skip('nothing was registered.');
      const left = registered.filter(({ removed }) => removed !== true);
      if (left.length === 0) return ok();
      const names = left.map(
        ({ client, registered: as }) => `${client.name} ${quoted(as?.client_id)}`,
      );
      return warn(`Still registered: ${names.join(', ')}.`, endpoint.url);
    },
  },
];

function refused(reply: Reply): string {
  const body = reply.kind === 'answer' ? jsonObject(reply.text) : undefined;
  const error = body?.error === undefined ? '' : `, error ${quoted(body.error)}`;
  const why = body?.error_description === undefined ? '' : `: ${quoted(body.error_description)}`;
  return reply.kind === 'silence'
    ? `could not ask: ${reply.why}.`
    : `is refused: POST ${came(reply)}${error}${why}.`;
}

/** Some servers publish the endpoint, and let only administrators use it. */
function remedyFor(reply: Reply): string | undefined {
  if (reply.kind === 'silence') return undefined;
  if (reply.status === 401 || reply.status === 403) {
    return 'Let anybody register without credentials, or do not publish registration_endpoint: clients that see it use nothing else.';
  }
  return reply.status === 429
    ? 'Try again later: too many registrations came from here.'
    : undefined;
}
