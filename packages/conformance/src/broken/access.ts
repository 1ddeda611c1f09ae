import type { AuthProvider, Principal } from '@portcullis/core';
import {
  type BrokenServer,
  bodyOf,
  EVERYTHING,
  lenient,
  promoted,
  tokenOf,
} from './broken-server.js';
import type { SoundOptions } from './sound.js';

/** Reads scopes in a way of its own. */
const reading = (change: (scopes: readonly string[]) => readonly string[]) => (): SoundOptions => ({
  provider: (sound): AuthProvider => ({
    ...sound,
    async verify(token, context) {
      const answer = await sound.verify(token, context);
      if ('kind' in answer && answer.kind === 'rejection') return answer;
      const principal = answer as Principal;
      return { ...principal, scopes: change(principal.scopes) };
    },
  }),
});

/** Lets a request pass the scopes, whatever its token holds, where its condition is met. */
const waving = (when: (request: Request, text: string) => boolean) =>
  lenient(async (request, scene) => {
    const text = await request.clone().text();
    return when(request, text) ? promoted(request, scene, EVERYTHING) : request;
  });
const paramOf = (text: string, name: string): string => {
  const { params } = JSON.parse(text || '{}') as { params?: Record<string, unknown> };
  return String(params?.[name] ?? '');
};
const safely = (check: () => boolean): boolean => {
  try {
    return check();
  } catch {
    return false;
  }
};

/** Servers that let through what they should not, or not what they should. */
export const trespassed: readonly BrokenServer[] = [
  {
    breaks: 'takes scopes from any claim that may hold them',
    fails: ['RS-59'],
    damage: lenient(async (request, scene) => {
      const { scp, permissions } = tokenOf(request)?.claims ?? {};
      const listed = [scp, permissions].find(Array.isArray);
      return listed ? promoted(request, scene, { scope: listed.join(' ') }) : request;
    }),
  },
  {
    breaks: 'wants more than it needs',
    fails: ['RS-57'],
    base: reading((scopes) => scopes.filter((scope) => scope !== 'mcp:prompts:brief')),
  },
  {
    breaks: 'forgets its own hierarchy',
    fails: ['RS-58'],
    base: reading((scopes) => scopes.filter((scope) => !/\*$|:all$/.test(scope))),
  },
  {
    breaks: 'compares scopes by their beginning',
    fails: ['ATK-66'],
    base: reading((scopes) =>
      scopes.map((scope) => scope.replace(/^(mcp:tools:[a-z]{7}).*$/, '$1')),
    ),
  },
  {
    breaks: 'compares scopes without regard to case',
    fails: ['ATK-66'],
    base: reading((scopes) => scopes.map((scope) => scope.toLowerCase())),
  },
  {
    breaks: 'takes a star for everything',
    fails: ['ATK-66'],
    base: reading((scopes) => (scopes.includes('*') ? ['mcp:tools:*'] : scopes)),
  },
  {
    breaks: 'splits scopes at commas',
    fails: ['ATK-66'],
    base: reading((scopes) => scopes.flatMap((scope) => scope.split(','))),
  },
  {
    breaks: 'checks the scopes of no prompt',
    fails: ['RS-27'],
    damage: waving((_, text) => text.includes('prompts/get')),
  },
  {
    breaks: 'believes Mcp-Method in the 2025 revisions',
    era: '2025-11-25',
    fails: ['ATK-61'],
    damage: waving(
      ({ headers }, text) =>
        headers.get('mcp-method') === 'tools/list' && !text.includes('2026-07-28'),
    ),
  },
  {
    breaks: 'decides on the first of doubled members and runs the last',
    fails: ['ATK-63'],
    damage: waving((_, text) => /"name":"whoami","name":/.test(text)),
  },
  {
    breaks: 'runs what no rule mentions',
    fails: ['RS-78'],
    base: (): SoundOptions => ({ open: true }),
  },
  {
    breaks: 'shows that a forbidden tool is there',
    fails: ['RS-78'],
    damage: (sound) => async (request) => {
      const { params } = await bodyOf(request);
      const hidden = (params as { name?: unknown } | undefined)?.name === 'hidden';
      const may = tokenOf(request) !== undefined;
      return hidden && may
        ? new Response('{"error":"access_denied"}', { status: 403 })
        : sound(request);
    },
  },
  {
    breaks: 'matches URIs as they are written',
    fails: ['ATK-64'],
    damage: waving((_, text) =>
      safely(
        () => text.includes('resources/read') && !/^notes:\/\/box\/\w+$/.test(paramOf(text, 'uri')),
      ),
    ),
  },
  {
    breaks: 'lets everybody subscribe to everything',
    fails: ['RS-85'],
    damage: waving((_, text) => text.includes('resourceSubscriptions')),
  },
];
