import { isLoopback } from '@portcullis/core';
import { firstReply, isRedirect } from '../facts.js';
import { certificateFault, lookAtCertificate } from '../look-at-certificate.js';
import { type Check, fail, ok, skip, type Verdict, warn } from '../verdict.js';
import { quoted } from '../wording.js';

const DAY = 86_400_000;
/** Days before its end at which a certificate should have been renewed. */
const RENEWAL = 7;
const SLOW_MS = 3000;
/** Seconds; tokens are checked with a few seconds of tolerance. */
const MAX_SKEW = 60;

/** Whether clients reach the endpoint at all. */
export const endpoint: readonly Check[] = [
  {
    id: 'https',
    phase: 'Discovery',
    requirement: 'RS-15',
    title: 'The endpoint is on HTTPS.',
    breaks: 'Every client: they refuse plain HTTP beyond their own machine.',
    remedy: 'Put a certificate in front of the server, and publish its https URL.',
    anyhow: true,
    examine({ target }) {
      if (target.protocol === 'https:') return ok();
      if (!isLoopback(target)) return fail('The endpoint is on plain HTTP.', target.href);
      return ok(
        'The endpoint is on plain HTTP, on loopback: only programs of this machine reach it.',
      );
    },
  },
  {
    id: 'port',
    phase: 'Discovery',
    title: 'The endpoint is on port 443.',
    breaks: 'Claude on the web and its desktop connectors: they call no other port.',
    remedy: 'Publish the server on port 443.',
    anyhow: true,
    examine({ target }) {
      if (isLoopback(target)) return skip('ports of loopback are free to choose.');
      const port = target.port || (target.protocol === 'https:' ? '443' : '80');
      return port === '443' ? ok() : warn(`The endpoint is on port ${port}.`, target.href);
    },
  },
  {
    id: 'certificate',
    phase: 'Discovery',
    title: 'The certificate is trusted.',
    breaks: 'Every client; browsers may still show the site, since they fetch what is missing.',
    remedy:
      'Serve a certificate for this very host, with the whole chain, from an authority that is trusted everywhere.',
    anyhow: true,
    async examine({ target, timeoutMs }) {
      if (target.protocol !== 'https:') return skip('there is no TLS.');
      const certificate = await lookAtCertificate(target, timeoutMs);
      if (certificate.kind === 'unseen') return skip('no certificate was seen.');
      const { fault, validTo } = certificate;
      if (fault !== undefined) {
        const why = certificateFault(fault) ?? fault;
        return fail(`The certificate is not trusted: ${why}.`, target.origin);
      }
      const day = new Date(validTo).toISOString().slice(0, 10);
      if (validTo - Date.now() < RENEWAL * DAY) {
        const remedy = 'Renew it, and see why that did not happen by itself.';
        return warn(`The certificate ends on ${day}.`, target.origin, remedy);
      }
      return ok(`The certificate is trusted, until ${day}.`);
    },
  },
  {
    id: 'reachable',
    phase: 'Discovery',
    title: 'The endpoint answers over HTTP/1.1.',
    breaks: 'Every client.',
    remedy:
      'Make sure that the name, the port and the certificate are right, and that nothing filters requests from outside.',
    anyhow: true,
    async examine(patient) {
      const reply = await firstReply(patient);
      if (reply.kind === 'answer') return ok();
      return fail(`The endpoint gave no answer: ${reply.why}.`, patient.url);
    },
  },
  {
    id: 'redirect',
    phase: 'Discovery',
    title: 'The endpoint is where the URL says.',
    breaks: 'Every client: a redirect turns POST into GET or loses the token.',
    remedy: 'Give people the URL that it points to, or serve MCP at this one.',
    anyhow: true,
    async examine(patient) {
      const reply = await firstReply(patient);
      if (reply.kind === 'silence') return skip('the endpoint gave no answer.');
      if (!isRedirect(reply)) return ok();
      const place = quoted(reply.headers.get('location'));
      return fail(`POST answered ${reply.status}, to ${place}. It was not followed.`, patient.url);
    },
  },
  {
    id: 'latency',
    phase: 'Discovery',
    title: 'The first answer comes soon.',
    breaks: 'Hosted clients, which give up after a few seconds.',
    remedy: 'Keep one instance warm, and answer the challenge before anything slow.',
    async examine(patient) {
      const reply = await firstReply(patient);
      if (reply.kind === 'silence') return skip('the endpoint gave no answer.');
      const { durationMs } = reply;
      if (durationMs <= SLOW_MS) return ok(`The first answer came after ${durationMs} ms.`);
      return warn(`The first answer came after ${durationMs} ms.`, patient.url);
    },
  },
  {
    id: 'clock',
    phase: 'Discovery',
    title: 'The clock of the server is right.',
    breaks: 'Every client, now and then: tokens count as expired, or as not valid yet.',
    remedy: 'Let the server set its clock by NTP; if it is this machine that is wrong, this one.',
    async examine(patient) {
      const reply = await firstReply(patient);
      return clockVerdict(reply.kind === 'answer' ? reply.aheadSeconds : undefined, patient.url);
    },
  },
];

/** The verdict on a clock by the header `Date`. */
export function clockVerdict(ahead: number | undefined, where: string): Verdict {
  if (ahead === undefined) return skip('no header Date came.');
  if (Math.abs(ahead) <= MAX_SKEW) return ok();
  const off = ahead > 0 ? `${ahead} s ahead of` : `${-ahead} s behind`;
  return warn(`The clock of ${new URL(where).host} is ${off} that of this machine.`, where);
}
