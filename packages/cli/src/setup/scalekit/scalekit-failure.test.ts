import { expect, it } from 'vitest';
import { readFailure } from './scalekit-failure.js';

const to = 'create the MCP server';

it.each([
  [
    { status: 400, body: { code: 6 } },
    'conflict',
    'Cannot create the MCP server: it exists already.',
  ],
  [{ status: 409, body: {} }, 'conflict', 'Cannot create the MCP server: it exists already.'],
  [
    { status: 401, body: {} },
    'refused',
    'Scalekit does not take its own token when asked to create the MCP server. Check that SCALEKIT_CLIENT_ID is a client of the environment (skc_...), not one of an MCP server.',
  ],
  [
    { status: 403, body: {} },
    'refused',
    'Scalekit does not let the client create the MCP server. Take the API credentials of the environment (Settings > API Credentials), or do it in the dashboard: --instructions writes the steps down.',
  ],
  [
    { status: 429, body: {} },
    'unavailable',
    'Scalekit answers too many requests at the moment, and could not create the MCP server. Wait a minute and try again.',
  ],
  [
    { status: 400, body: { code: 3, message: 'bad \u001b[2Jname' } },
    'refused',
    'Scalekit refused to create the MCP server (status 400). It said: bad \\u001b[2Jname',
  ],
  [
    { status: 502, body: {} },
    'unavailable',
    'Scalekit answered with status 502 when asked to create the MCP server. Check SCALEKIT_ENVIRONMENT_URL and the network, then try again.',
  ],
] as const)('says what %j means', (answer, reason, message) => {
  expect(readFailure(to, answer)).toMatchObject({ reason, message });
});
