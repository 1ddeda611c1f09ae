import { isScopeToken } from '@portcullis/core';
import { firstChallenge, firstReply, isMissing, isRedirect, opening } from '../facts.js';
import type { Answered, Patient } from '../patient.js';
import { type Check, fail, ok, skip, type Verdict, warn } from '../verdict.js';
import { quoted } from '../wording.js';

const noChallenge = skip('there is no challenge to read.');

/** What the official SDK for TypeScript takes out of the header: patterns, and only where `Bearer` comes first. */
function asOfficialClients(header: string, name: string): string | undefined {
  const [scheme = '', rest] = header.split(' ');
  if (scheme.toLowerCase() !== 'bearer' || !rest) return undefined;
  const [, inQuotes, bare] = new RegExp(`${name}=(?:"([^"]+)"|([^\\s,]+))`).exec(header) ?? [];
  return inQuotes ?? bare;
}

/** What the endpoint says to a client without a token. */
export const challenge: readonly Check[] = [
  {
    id: 'challenge',
    phase: 'Discovery',
    requirement: 'RS-20',
    title: 'Without a token the answer is 401 with a Bearer challenge.',
    breaks: 'Every client: none begins to sign in without it.',
    remedy:
      'Answer 401 with WWW-Authenticate: Bearer and its parameters, before anything else is looked at.',
    anyhow: true,
    async examine(patient) {
      const reply = await firstReply(patient);
      if (reply.kind === 'silence') return skip('the endpoint gave no answer.');
      if (isRedirect(reply)) return skip('the endpoint is elsewhere.');
      if (isMissing(reply)) return missing(patient, reply);
      if (reply.status !== 401) return noRefusal(reply);
      if (await firstChallenge(patient)) return ok();
      const header = reply.headers.get('www-authenticate');
      if (header !== null) {
        return fail(
          `The 401 has a header that says no readable Bearer: ${quoted(header)}.`,
          patient.url,
        );
      }
      // Amazon API Gateway renames it.
      const renamed = [...reply.headers.keys()].find((name) => name.endsWith('-www-authenticate'));
      if (renamed === undefined) return fail('The 401 has no WWW-Authenticate.', patient.url);
      const remedy = 'Have the gateway map the header back to WWW-Authenticate in its responses.';
      return fail(`A gateway has renamed WWW-Authenticate to ${renamed}.`, patient.url, remedy);
    },
  },
  {
    id: 'challenge-plain',
    phase: 'Discovery',
    requirement: 'RS-31',
    title: 'Clients that search the challenge by pattern read the same in it.',
    breaks:
      'Clients on the official TypeScript SDK, such as Claude Code, MCP Inspector and mcp-remote.',
    remedy:
      'Send one challenge, Bearer, with each parameter once and in double quotes, and no parameter names inside texts.',
    async examine(patient) {
      const found = await firstChallenge(patient);
      if (!found) return noChallenge;
      for (const name of ['resource_metadata', 'scope', 'error']) {
        const [right, seen] = [found.parameters.get(name), asOfficialClients(found.header, name)];
        if ((right || undefined) === seen) continue;
        return warn(`They read ${name} as ${quoted(seen)}; it is ${quoted(right)}.`, patient.url);
      }
      return ok();
    },
  },
  {
    id: 'metadata-link',
    phase: 'Discovery',
    requirement: 'RS-22',
    title: 'The challenge links the metadata by an absolute URL of this server.',
    breaks:
      'Clients of 2025-06-18, which look nowhere else, and all that trust the link more than the path.',
    remedy:
      'Put resource_metadata="https://…" into the challenge, with the public URL of the server written down in its configuration.',
    async examine(patient) {
      const found = await firstChallenge(patient);
      if (!found) return noChallenge;
      const link = found.parameters.get('resource_metadata');
      if (link === undefined) return warn('The challenge has no resource_metadata.', patient.url);
      if (!URL.canParse(link)) {
        return fail(`resource_metadata is no absolute URL: ${quoted(link)}.`, patient.url);
      }
      if (!patient.mayAsk(link)) {
        return fail(
          `resource_metadata leads where no client can go: ${quoted(link)}.`,
          patient.url,
        );
      }
      if (new URL(link).origin === patient.target.origin) return ok();
      return warn(
        `resource_metadata is on another host, and was not asked: ${quoted(link)}.`,
        patient.url,
      );
    },
  },
  {
    id: 'challenge-scope',
    phase: 'Discovery',
    requirement: 'RS-23',
    title: 'The challenge says which scopes to ask for.',
    breaks:
      'Clients that then ask for everything there is, such as Codex and VS Code, or for nothing.',
    remedy:
      'Put scope="…" into the challenge: the few scopes that a first sign-in needs, without offline_access.',
    async examine(patient) {
      const found = await firstChallenge(patient);
      if (!found) return noChallenge;
      const scope = found.parameters.get('scope');
      if (!scope) return warn('The challenge has no scope.', patient.url);
      const scopes = scope.split(' ');
      // A comma may stand in a scope; there, it is meant to separate two.
      if (!scopes.every((each) => isScopeToken(each) && !each.endsWith(','))) {
        return fail(
          `The scope of the challenge is no list of scopes: ${quoted(scope)}.`,
          patient.url,
        );
      }
      if (!scopes.includes('offline_access')) return ok();
      return warn(
        'The challenge asks for offline_access, which is between client and issuer.',
        patient.url,
      );
    },
  },
  {
    id: 'challenge-error',
    phase: 'Discovery',
    requirement: 'RS-24',
    title: 'The challenge names no error, since no token came.',
    breaks: 'Clients that throw good credentials away when they read invalid_token.',
    remedy: 'Leave error out where the request had no token.',
    async examine(patient) {
      const found = await firstChallenge(patient);
      if (!found) return noChallenge;
      const error = found.parameters.get('error');
      if (error === undefined) return ok();
      return warn(
        `The challenge names the error ${quoted(error)}, without any token.`,
        patient.url,
      );
    },
  },
];

/** Says where the endpoint is, if it is only a slash away. */
async function missing({ ask, target }: Patient, { status, url }: Answered): Promise<Verdict> {
  const said = `POST without a token answered ${status} in place of 401.`;
  const { origin, pathname, search } = target;
  const other = `${origin}${pathname.endsWith('/') ? pathname.slice(0, -1) : `${pathname}/`}${search}`;
  const there = await ask({ ...opening('2025-11-25'), url: other });
  const found = there.kind === 'answer' && there.status === 401;
  const remedy = found
    ? `Give people ${quoted(other)}: there the server answers 401.`
    : 'Make sure of the path: MCP is served at this very URL, by POST.';
  return fail(said, url, remedy);
}

/** What the status says that came in place of 401. */
function noRefusal({ status, url }: Answered): Verdict {
  const said = `POST without a token answered ${status} in place of 401.`;
  if (status < 300) {
    const remedy = 'Put the gate in front of the endpoint: anybody may use this server.';
    return fail(`${said} The server is open to everybody.`, url, remedy);
  }
  if (status === 403) {
    const remedy =
      'Allow this host name in the server, and look for a firewall or a login in front of it.';
    return fail(said, url, remedy);
  }
  return status >= 500 ? fail(said, url, 'Read the log of the server.') : fail(said, url);
}
