import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalisedTarget } from './target-uri.js';

describe('normalisedTarget', () => {
  it.each([
    ['HTTPS://MCP.Example.COM:443/mcp', 'https://mcp.example.com/mcp'],
    ['http://127.0.0.1:80/mcp', 'http://127.0.0.1/mcp'],
    ['https://mcp.example.com', 'https://mcp.example.com/'],
    ['https://mcp.example.com:8443/mcp?a=b#c', 'https://mcp.example.com:8443/mcp'],
    ['https://mcp.example.com/a/./b/../mcp', 'https://mcp.example.com/a/mcp'],
    ['https://mcp.example.com/a/%2E%2e/mcp', 'https://mcp.example.com/mcp'],
    ['https://mcp.example.com/%6d%63%70%7E', 'https://mcp.example.com/mcp~'],
    ['https://mcp.example.com/a%2fb%c3%a9', 'https://mcp.example.com/a%2Fb%C3%A9'],
    ['https://mcp.example.com/%252e%252e/mcp', 'https://mcp.example.com/%252e%252e/mcp'],
    ['https://[::1]:8443/mcp', 'https://[::1]:8443/mcp'],
  ])('spells %s as %s (EXT-45)', (written, spelling) => {
    expect(normalisedTarget(written)).toBe(spelling);
  });

  it.each([
    ['https://mcp.example.com/mcp', 'https://mcp.example.com/mcp/'],
    ['https://mcp.example.com/mcp', 'https://mcp.example.com/MCP'],
    ['https://mcp.example.com/mcp', 'http://mcp.example.com/mcp'],
    ['https://mcp.example.com/mcp', 'https://mcp.example.com:8443/mcp'],
    ['https://mcp.example.com/mcp', 'https://mcp.example.com./mcp'],
    ['https://mcp.example.com/mcp', 'https://mcp.example.com//mcp'],
    ['https://mcp.example.com/a/b', 'https://mcp.example.com/a%2Fb'],
  ])('tells %s from %s (EXT-45)', (one, other) => {
    expect(normalisedTarget(one)).not.toBe(normalisedTarget(other));
  });

  it.each([
    '',
    '/mcp',
    '//mcp.example.com/mcp',
    'https:mcp.example.com/mcp',
    'https:/mcp.example.com/mcp',
    'ftp://mcp.example.com/mcp',
    'https://user@mcp.example.com/mcp',
    'https://:pw@mcp.example.com/mcp',
    'https://mcp.example.com\\mcp',
    'https://mcp.exam\tple.com/mcp',
    ' https://mcp.example.com/mcp',
    'https://mcp.example.com/mcp ',
    'https://mcp.example.com/m\u00e9',
    'https://mcp\uff0eexample.com/mcp',
    'https://mcp.example.com:99999/mcp',
    'https:///mcp',
  ])('takes %j for no URI (EXT-45)', (value) => {
    expect(normalisedTarget(value)).toBeUndefined();
  });

  const character = fc.constantFrom(...'abzAZ09-._~!$&()*+,;=:@/%25%2F%e9?#'.split(''));
  const path = fc.array(character, { maxLength: 12 }).map((parts) => `/${parts.join('')}`);

  it('changes nothing more the second time', () => {
    fc.assert(
      fc.property(path, (given) => {
        const once = normalisedTarget(`https://mcp.example.com${given}`);
        if (once !== undefined) expect(normalisedTarget(once)).toBe(once);
      }),
    );
  });

  it('does not mind which unreserved characters are written with a percent', () => {
    const unreserved = fc.stringMatching(/^[A-Za-z0-9_~-]{1,12}$/);
    fc.assert(
      fc.property(unreserved, fc.infiniteStream(fc.integer({ min: 0, max: 2 })), (text, ways) => {
        const written = [...text].map((letter) => {
          const hex = letter.charCodeAt(0).toString(16);
          return [letter, `%${hex}`, `%${hex.toUpperCase()}`][ways.next().value ?? 0];
        });
        expect(normalisedTarget(`https://mcp.example.com/${written.join('')}`)).toBe(
          `https://mcp.example.com/${text}`,
        );
      }),
    );
  });
});
