import { covers } from './scope-model.js';

/** What the fuzzed server lets whom do. */
export const policy = {
  tools: {
    weather: ['mcp:tools:weather'],
    weather_map: ['mcp:tools:weather', 'mcp:tools:weather_map'],
    pay: ['mcp:tools:pay'],
    whoami: [],
    constructor: ['mcp:tools:pay'],
  },
  resources: {
    'notes://box/{id}': ['mcp:resources:notes:read'],
    'notes://box/secret': ['mcp:resources:notes:secret'],
    'notes://shelf/{+path}': ['mcp:resources:notes:write'],
  },
  prompts: { brief: ['mcp:prompts:brief'] },
  methods: {
    'tasks/get': ['mcp:exec:workflows:daily'],
    'prompts/list': ['mcp:prompts:brief'],
    'completion/complete': ['mcp:tools:weather'],
    'subscriptions/listen': ['mcp:exec:workflows:daily'],
  },
} as const;

const open = [
  'initialize',
  'ping',
  'server/discover',
  'logging/setLevel',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
];

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What one message needs at least, or `undefined` where nothing lets it pass. Says nothing of form. */
function needsOf(message: unknown): readonly string[] | undefined {
  if (!isObject(message) || typeof message.method !== 'string') return undefined;
  const { method } = message;
  const params = isObject(message.params) ? message.params : {};
  const own = table(policy.methods, method) ?? [];
  const about = targetOf(method, params);
  if (about === 'nothing') {
    const notification = message.id === undefined && method.startsWith('notifications/');
    const known = open.includes(method) || table(policy.methods, method) !== undefined;
    return known || notification ? own : undefined;
  }
  if (about === undefined) return undefined;
  return [...own, ...about];
}

/** Whether every message of a body may pass with these grants. */
export function mayPass(body: unknown, grants: readonly string[]): boolean {
  return [body]
    .flat()
    .every(
      (message) =>
        needsOf(message)?.every((need) => grants.some((grant) => covers(grant, need))) ?? false,
    );
}

function targetOf(method: string, params: Json): readonly string[] | 'nothing' | undefined {
  const ref = isObject(params.ref) ? params.ref : {};
  const filter = isObject(params.notifications) ? params.notifications : {};
  switch (method) {
    case 'tools/call':
      return table(policy.tools, params.name);
    case 'prompts/get':
      return table(policy.prompts, params.name);
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return resource(params.uri);
    case 'completion/complete':
      return ref.type === 'ref/prompt' ? table(policy.prompts, ref.name) : resource(ref.uri);
    case 'subscriptions/listen':
      return [filter.resourceSubscriptions ?? []]
        .flat()
        .flatMap((uri) => resource(uri) ?? ['never']);
    default:
      return 'nothing';
  }
}

/** Any spelling that a URL parser takes for the secret note, or for a note at all. */
function resource(uri: unknown): readonly string[] | undefined {
  if (typeof uri !== 'string') return undefined;
  const spelling = URL.canParse(uri) ? [uri, new URL(uri).href] : [uri];
  const needs = spelling.flatMap((each) => {
    if (each === 'notes://box/secret') return policy.resources['notes://box/secret'];
    if (each.startsWith('notes://box/')) return policy.resources['notes://box/{id}'];
    if (each.startsWith('notes://shelf/')) return policy.resources['notes://shelf/{+path}'];
    return [];
  });
  return needs.length === 0 ? undefined : needs;
}

function table(
  entries: Readonly<Record<string, readonly string[]>>,
  name: unknown,
): readonly string[] | undefined {
  return typeof name === 'string' && Object.hasOwn(entries, name) ? entries[name] : undefined;
}
