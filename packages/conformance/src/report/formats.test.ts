import { expect, it } from 'vitest';
import { toJunit } from './junit.js';
import { report } from './report.harness.js';
import { toSarif } from './sarif.js';
import { toText } from './text.js';

it('writes text for people', () => {
  expect(toText(report)).toBe(`http://127.0.0.1:3000/mcp?a=1&b=2
issuer http://127.0.0.1:4444, eras 2026-07-28, 2025-11-25
calls tools/call weather

Claims & <more>
  ok    RS-1  MUST    One holds.
  FAIL  RS-2  MUST    Two holds. [2026-07-28]
        Seen: a "quote" \u0007 & <tag>
        To do: Look at "aud".
  ok    RS-2  MUST    Two holds. [2025-11-25]
  FAIL  RS-3  SHOULD  Three holds.
        Seen: 200
        To do: Look at "aud".

Lists
  skip  RS-4  REC     Four holds.
        No lists.

The server does NOT conform: 2 passed, 2 failed (1 MUST, 1 SHOULD or REC), 1 skipped, in 1.5 s.
`);
});

it('lets a SHOULD decide only where it is asked to', () => {
  const [, , , should] = report.results;
  const other = { ...report, results: should ? [should] : [] };
  expect(toText(other)).toMatch(/The server conforms: 0 passed, 1 failed/);
  expect(toText(other, { strict: true })).toMatch(/The server does NOT conform: /);
  expect(toJunit(other)).toContain('failures="0"');
  expect(toJunit(other, { strict: true })).toContain('failures="1"');
});

it('writes JUnit XML, whatever a server said', () => {
  expect(toJunit(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="http://127.0.0.1:3000/mcp?a=1&amp;b=2" tests="5" failures="1" errors="0" skipped="1" time="1.500">
  <testsuite name="Claims &amp; &lt;more&gt;" tests="4" failures="1" errors="0" skipped="0" time="0.014" timestamp="2026-11-21T12:00:00">
    <testcase classname="Claims &amp; &lt;more&gt;" name="RS-1 One holds." time="0.012"/>
    <testcase classname="Claims &amp; &lt;more&gt;" name="RS-2 Two holds. [2026-07-28]" time="0.001">
      <failure type="MUST" message="a &quot;quote&quot; \ufffd &amp; &lt;tag&gt;">Seen: a &quot;quote&quot; \ufffd &amp; &lt;tag&gt;&#10;To do: Look at &quot;aud&quot;.</failure>
    </testcase>
    <testcase classname="Claims &amp; &lt;more&gt;" name="RS-2 Two holds. [2025-11-25]" time="0.001"/>
    <testcase classname="Claims &amp; &lt;more&gt;" name="RS-3 Three holds." time="0.000">
      <system-out>SHOULD not met. Seen: 200&#10;To do: Look at &quot;aud&quot;.</system-out>
    </testcase>
  </testsuite>
  <testsuite name="Lists" tests="1" failures="0" errors="0" skipped="1" time="0.000" timestamp="2026-11-21T12:00:00">
    <testcase classname="Lists" name="RS-4 Four holds." time="0.000">
      <skipped message="No lists."/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

it('writes SARIF 2.1.0, with a rule for each check and a result for each era', () => {
  const rule = (id: string, text: string, level: string, requirement: string, group: string) => ({
    id,
    shortDescription: { text },
    help: { text: 'Look at "aud".' },
    helpUri: 'https://www.rfc-editor.org/rfc/rfc9068#section-4',
    defaultConfiguration: { level },
    properties: { requirement, group, also: id === 'RS-2' ? ['ATK-2'] : [] },
  });
  const locations = [
    { physicalLocation: { artifactLocation: { uri: 'http://127.0.0.1:3000/mcp?a=1&b=2' } } },
  ];
  const result = (ruleId: string, kind: string, level: string, text: string, era?: string) => ({
    ruleId,
    ruleIndex: Number(ruleId.at(-1)) - 1,
    kind,
    level,
    message: { text },
    locations,
    partialFingerprints: { requirement: `${ruleId}/${era ?? 'any'}` },
    ...(era === undefined ? {} : { properties: { era } }),
  });
  const claims = 'Claims & <more>';
  const seen = 'Seen: a "quote" \u0007 & <tag>. To do: Look at "aud".';
  expect(JSON.parse(toSarif(report))).toEqual({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'portcullis-conformance',
            rules: [
              rule('RS-1', 'One holds.', 'error', 'MUST', claims),
              rule('RS-2', 'Two holds.', 'error', 'MUST', claims),
              rule('RS-3', 'Three holds.', 'warning', 'SHOULD', claims),
              rule('RS-4', 'Four holds.', 'note', 'REC', 'Lists'),
            ],
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: '2026-11-21T12:00:00.500Z',
            endTimeUtc: '2026-11-21T12:00:02.000Z',
          },
        ],
        results: [
          result('RS-1', 'pass', 'none', 'One holds.'),
          result('RS-2', 'fail', 'error', `Not so (2026-07-28): Two holds. ${seen}`, '2026-07-28'),
          result('RS-2', 'pass', 'none', 'Two holds. (2025-11-25)', '2025-11-25'),
          result(
            'RS-3',
            'fail',
            'warning',
            'Not so: Three holds. Seen: 200. To do: Look at "aud".',
          ),
          result('RS-4', 'notApplicable', 'none', 'Not checked: No lists.'),
        ],
        columnKind: 'utf16CodeUnits',
      },
    ],
  });
});
