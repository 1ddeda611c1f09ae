import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isScopeToken, parseScope, parseScopeList } from './scope-syntax.js';

describe('parseScope', () => {
  it.each([
    ['mcp:tools:weather', 'mcp', ['tools', 'weather'], false],
    ['mcp:resources:customer-data:read', 'mcp', ['resources', 'customer-data', 'read'], false],
    ['mcp:exec:workflows:*', 'mcp', ['exec', 'workflows', '*'], true],
    ['mcp:resources:*:read', 'mcp', ['resources', '*', 'read'], true],
    ['news:read', 'news', ['read'], false],
    ['mcp:tools:get_v2.1-beta', 'mcp', ['tools', 'get_v2.1-beta'], false],
  ])('reads %s', (text, namespace, segments, wildcard) => {
    expect(parseScope(text)).toEqual({ kind: 'scope', text, namespace, segments, wildcard });
  });

  it.each([
    ['', 0, 'The scope is empty.'],
    ['mcp', 3, 'A segment is missing: write namespace:segment.'],
    ['mcp:', 4, 'A segment is empty.'],
    [':tools', 0, 'The namespace is empty.'],
    ['mcp::weather', 4, 'A segment is empty.'],
    ['*:tools', 0, 'The namespace cannot be a wildcard.'],
    ['*', 0, 'The namespace cannot be a wildcard.'],
    [
      'mcp:tools:we*',
      12,
      'A wildcard stands for whole segments only: "*" must be alone between colons.',
    ],
    [
      'mcp:tools:**',
      10,
      'A wildcard stands for whole segments only: "*" must be alone between colons.',
    ],
    ['mcp:tools:a b', 11, '" " is not allowed; a name has letters, digits, "-", "_" and ".".'],
    ['mcp:tools:a\tb', 11, '"\\t" is not allowed; a name has letters, digits, "-", "_" and ".".'],
    ['mcp:tools:wëather', 11, '"ë" is not allowed; a name has letters, digits, "-", "_" and ".".'],
    [' mcp:tools:a', 0, '" " is not allowed; a name has letters, digits, "-", "_" and ".".'],
    [`mcp:${'a'.repeat(300)}`, 256, 'The scope is longer than 256 characters.'],
    [`mcp${':a'.repeat(17)}`, 36, 'The scope has more than 16 segments.'],
  ])('says where and why %j is not a scope', (text, position, reason) => {
    expect(parseScope(text)).toEqual({ kind: 'scope_syntax_error', position, reason });
  });

  it('accepts the longest scope and the most segments', () => {
    expect(parseScope(`mcp:${'a'.repeat(252)}`).kind).toBe('scope');
    expect(parseScope(`mcp${':a'.repeat(16)}`).kind).toBe('scope');
  });

  it('never throws, and whatever it accepts is a scope token of RFC 6749 §3.3 (RS-31)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = parseScope(text);
        if (parsed.kind === 'scope') {
          expect(isScopeToken(text)).toBe(true);
          expect([parsed.namespace, ...parsed.segments].join(':')).toBe(text);
        } else {
          expect(parsed.position).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});

describe('parseScopeList', () => {
  it('splits at single spaces and drops repetitions (RS-59)', () => {
    expect(parseScopeList('mcp:tools:a openid mcp:tools:a')).toEqual(['mcp:tools:a', 'openid']);
    expect(parseScopeList('')).toEqual([]);
  });

  it.each(['a  b', ' a', 'a ', 'a\tb', 'a\nb', 'a"b', 'a\\b', 'ä', 'a\u00a0b'])(
    'refuses %j whole (ATK-66)',
    (value) => {
      expect(parseScopeList(value)).toBeUndefined();
    },
  );
});
