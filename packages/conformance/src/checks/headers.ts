import type { PlannedOperation } from '../plan/plan.js';
import { type Check, findings, group, legacy, modern, skip, source } from '../suite/check.js';
import type { Stage } from '../suite/stage.js';
import { type Call, envelope, ID, inBase64, toLines } from '../wire/calls.js';
import { describe, excerpt } from '../wire/excerpt.js';
import { errorCodeOf } from '../wire/messages.js';
import type { Answer } from '../wire/send.js';

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const isMismatch = (answer: Answer): boolean =>
  answer.status === 400 && errorCodeOf(answer) === -32020;

/** Something that has a name to repeat in a header. The answer to it does not matter, only that headers are judged first. */
function namedCall(
  stage: Stage,
): Pick<Call, 'method'> & { params: Record<string, unknown>; name: string } {
  const tool = stage.operation(({ method }) => method === 'tools/call');
  const name = String(tool?.params.name ?? 'conformance');
  return { method: 'tools/call', params: { name, arguments: {}, ...tool?.params }, name };
}

/** Whether headers and body agree. */
export const headers: readonly Check[] = group('Headers and body', [
  {
    id: 'RS-70',
    also: ['ATK-60'],
    title: 'Mcp-Method and Mcp-Name are there and say what the body says.',
    remedy:
      'Compare both with the parsed body, and answer 400 with -32020 when they differ or are missing.',
    level: 'MUST',
    source: source.http,
    eras: modern,
    async run(stage) {
      const { method, params, name } = namedCall(stage);
      const token = await stage.token();
      const found = findings();
      for (const [what, change] of [
        ['no Mcp-Method', { 'Mcp-Method': undefined }],
        ['another Mcp-Method', { 'Mcp-Method': 'tools/list' }],
        ['Mcp-Method in another case', { 'Mcp-Method': 'Tools/Call' }],
        ['no Mcp-Name', { 'Mcp-Name': undefined }],
        ['another Mcp-Name', { 'Mcp-Name': `${name}x` }],
        ['another Mcp-Name in base64', { 'Mcp-Name': inBase64(`${name}x`) }],
      ] as const) {
        const answer = await stage.call({ method, params, token, headers: change });
        found.expect(isMismatch(answer), () => `${what}: ${describe(answer)}`);
      }
      const twice = await stage.call({ method, params, token, extra: [['Mcp-Name', `${name}x`]] });
      found.expect(isMismatch(twice), () => `Mcp-Name twice: ${describe(twice)}`);
      return found.verdict;
    },
  },
  {
    id: 'RS-71',
    title: 'Encoded header values are decoded before they are compared, and broken ones refused.',
    remedy: 'Decode =?base64?…?= as UTF-8; answer what cannot be decoded by 400 with -32020.',
    level: 'MUST',
    source: source.http,
    eras: modern,
    async run(stage) {
      const { method, params, name } = namedCall(stage);
      const token = await stage.token();
      const found = findings();
      const right = await stage.call({
        method,
        params,
        token,
        headers: { 'Mcp-Name': inBase64(name) },
      });
      found.expect(!isMismatch(right), () => `${inBase64(name)}: ${describe(right)}`);
      for (const value of ['=?base64?%%%?=', '=?base64?/w==?=']) {
        const answer = await stage.call({ method, params, token, headers: { 'Mcp-Name': value } });
        found.expect(isMismatch(answer), () => `${value}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-72',
    title: 'Header names in any case and space around values change nothing.',
    remedy: 'Compare header names without regard to case, and trim values.',
    level: 'MUST',
    source: source.http,
    eras: modern,
    async run(stage) {
      const { method, params, name } = namedCall(stage);
      const token = await stage.token();
      const found = findings();
      for (const change of [
        { 'Mcp-Method': undefined, 'mCP-mETHOD': method },
        { 'Mcp-Method': `  ${method}\t` },
        { 'Mcp-Name': undefined, 'MCP-NAME': name },
        { 'Mcp-Name': ` ${name} ` },
      ]) {
        const answer = await stage.call({ method, params, token, headers: change });
        const what = excerpt(JSON.stringify(change));
        found.expect(!isMismatch(answer), () => `${what}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-73',
    title: 'Mcp-Param-* says what the annotated argument says.',
    remedy:
      'Compare each Mcp-Param-* header with its argument; answer 400 with -32020 when it differs or is missing.',
    level: 'MUST',
    source: source.http,
    eras: modern,
    async run(stage) {
      const operation = stage.operation((each) => parametersOf(each).length > 0);
      if (!operation) return skip('The plan has no tool with a header Mcp-Param-*.');
      const token = await stage.token({ scopes: operation.scopes });
      const found = findings();
      for (const header of parametersOf(operation)) {
        for (const value of ['something else', undefined]) {
          const changed = { ...operation.headers, [header]: value };
          const answer = await stage.call({ ...operation, token, headers: changed });
          const what = value === undefined ? `no ${header}` : `another ${header}`;
          found.expect(isMismatch(answer), () => `${what}: ${describe(answer)}`);
        }
      }
      return found.verdict;
    },
  },
  {
    id: 'RS-75',
    title: 'The version of header and body is one, known, and accompanied by what it demands.',
    remedy:
      'Answer 400: -32020 when MCP-Protocol-Version differs from _meta, -32022 with data.supported for an unknown version, -32602 for a missing member of _meta.',
    level: 'MUST',
    source: source.http,
    eras: modern,
    async run(stage) {
      const token = await stage.token();
      const send = (meta: object | undefined, version: string | undefined) => {
        const change = { 'MCP-Protocol-Version': version };
        const lines = toLines(stage.era, { method: 'tools/list', token, headers: change });
        const params = meta ? { _meta: meta } : {};
        const body = JSON.stringify({ jsonrpc: '2.0', id: ID, method: 'tools/list', params });
        return stage.send({ method: 'POST', url: stage.url, headers: lines, body });
      };
      const future = '2099-01-01';
      const { [VERSION]: _, ...unnamed } = envelope;
      const cases = [
        ['another version in the header', envelope, '2025-11-25', -32020],
        ['no version in the header', envelope, undefined, -32020],
        ['an unknown version', { ...envelope, [VERSION]: future }, future, -32022],
        ['no version in the body', unnamed, '2026-07-28', -32602],
      ] as const;
      const found = findings();
      for (const [what, meta, version, code] of cases) {
        const answer = await send(meta, version);
        const right = answer.status === 400 && errorCodeOf(answer) === code;
        found.expect(right, () => `${what}: ${describe(answer)} in place of ${code}`);
      }
      return found.verdict;
    },
  },
  {
    id: 'REV-13',
    title: 'A version that nobody knows is refused in the 2025 revisions too.',
    remedy: 'Answer 400 to an MCP-Protocol-Version that is invalid or unsupported.',
    level: 'MUST',
    source: source.http2025,
    eras: legacy,
    async run(stage) {
      const token = await stage.token({ scopes: stage.probe.scopes });
      const found = findings();
      for (const version of ['1999-01-01', 'latest-please']) {
        const answer = await stage.attempt(token, { headers: { 'MCP-Protocol-Version': version } });
        found.expect(answer.status === 400, () => `${version}: ${describe(answer)}`);
      }
      return found.verdict;
    },
  },
]);

function parametersOf({ headers: own }: PlannedOperation): readonly string[] {
  return Object.keys(own).filter((name) => /^mcp-param-/i.test(name));
}
