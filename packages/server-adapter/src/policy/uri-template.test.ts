import { UriTemplate as SdkTemplate } from '@modelcontextprotocol/server';
import { defineScopes } from '@portcullis/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compiled-policy.js';
import { parseUriTemplate, spellings } from './uri-template.js';

const match = (template: string, uri: string) => {
  const parsed = parseUriTemplate(template);
  return typeof parsed === 'string' ? parsed : parsed.match(uri);
};

describe('parseUriTemplate', () => {
  it('matches a URI and names its variables', () => {
    expect(match('news://{ticker}', 'news://ACME')).toEqual({ ticker: 'ACME' });
    expect(match('news://{ticker}/{day}', 'news://ACME/today')).toEqual({
      ticker: 'ACME',
      day: 'today',
    });
    expect(match('file:///{+path}', 'file:///a/b')).toEqual({ path: 'a/b' });
    expect(match('s://x{?q,n}', 's://x?q=1&n=2')).toEqual({ q: '1', n: '2' });
    expect(match('s://{a}.txt', 's://b.txt')).toEqual({ a: 'b' });
  });

  it('matches nothing but the whole URI', () => {
    expect(match('news://{ticker}', 'news://')).toBe(undefined);
    expect(match('news://{ticker}', 'news://a/b')).toBe(undefined);
    expect(match('news://{ticker}', 'xnews://a')).toBe(undefined);
    expect(match('s://a.b', 's://axb')).toBe(undefined);
    expect(match('s://{a}', `s://${'x'.repeat(2049)}`)).toBe(undefined);
  });

  it('gives a variable as much as the rest leaves it', () => {
    expect(match('s://{a}-{b}-{c}', 's://1-2-3-4')).toEqual({ a: '1-2', b: '3', c: '4' });
    expect(match('s://{a}{b}', 's://xyz')).toEqual({ a: 'xy', b: 'z' });
    expect(match('s://{+p}/{x}', 's://a/b/c')).toEqual({ p: 'a/b', x: 'c' });
    expect(match('s://{a}{.b}{/c}', 's://x.y.z/w')).toEqual({ a: 'x.y', b: 'z', c: 'w' });
  });

  it('takes time that grows with a URI, not with its cube (ATK-91)', () => {
    const started = performance.now();
    expect(match('date://{y}-{m}-{d}', `date://${'-'.repeat(2000)}/`)).toBe(undefined);
    expect(match('s://{a}.{b}.{c}.{d}', `s://${'.'.repeat(2000)}/`)).toBe(undefined);
    expect(performance.now() - started).toBeLessThan(200);
  });

  it('tells what is no template', () => {
    expect(parseUriTemplate('')).toBe('is empty.');
    expect(parseUriTemplate('s://{a')).toBe('has a brace without its partner.');
    expect(parseUriTemplate('s://a}')).toBe('has a brace without its partner.');
    expect(parseUriTemplate('s://{}')).toBe('has the variable "", which is not a name.');
    expect(parseUriTemplate('s://{a b}')).toBe('has the variable "a b", which is not a name.');
  });

  it('matches whatever the SDK matches, so that nothing passes by an entry (ATK-64)', () => {
    const part = fc.constantFrom('a', 'b', '/', '.', '?', '&', '=', ',', '%2e', 'é', 'x=', '#');
    const variable = fc.constantFrom(
      '{v}',
      '{+v}',
      '{#v}',
      '{.v}',
      '{/v}',
      '{v*}',
      '{?a,b}',
      '{&c}',
    );
    const template = fc.array(fc.oneof(part, variable), { maxLength: 5 });
    const uri = fc.array(part, { maxLength: 12 }).map((parts) => `s://${parts.join('')}`);
    let matched = 0;
    fc.assert(
      fc.property(template, uri, (parts, candidate) => {
        const text = `s://${parts.join('')}`;
        if (new SdkTemplate(text).match(candidate) === null) return;
        matched += 1;
        expect([text, candidate, match(text, candidate)]).toEqual([
          text,
          candidate,
          expect.any(Object),
        ]);
      }),
      { numRuns: 20_000 },
    );
    expect(matched).toBeGreaterThan(500);
  });
});

describe('spellings', () => {
  it('lists every form that an SDK, or a handler behind it, may take for the same resource (ATK-64)', () => {
    expect(spellings('notes://box/a')).toEqual(['notes://box/a']);
    expect(spellings('NOTES://box/x/../%61')).toEqual([
      'notes://box/%61',
      'NOTES://box/x/../%61',
      'notes://box/a',
      'NOTES://box/x/../a',
    ]);
    expect(spellings('no uri')).toEqual(['no uri']);
    expect(spellings('s://%')).toEqual(['s://%']);
  });

  it('decodes what can be decoded beside what cannot: a handler may look at one variable alone (ATK-64)', () => {
    expect(spellings('notes://box/%73ecret/%')).toContain('notes://box/secret/%');
    expect(spellings('notes://box/%73ecret/%ff')).toContain('notes://box/secret/%ff');
    expect(spellings('notes://box/%C3%A9/%C3')).toContain('notes://box/é/%C3');
    const policy = compilePolicy(
      { resources: { 's://{id}/{part}': [], 's://secret/{part}': ['mcp:resources:secret'] } },
      defineScopes({ 'mcp:resources:secret': { description: 'Read secrets.' } }),
    );
    for (const uri of ['s://secret/1', 's://%73ecret/1', 's://%73ecret/%', 's://%73ecret/%C3']) {
      expect([uri, policy.resources(uri).some(({ name }) => name === 's://secret/{part}')]).toEqual(
        [uri, true],
      );
    }
  });

  it('has none of a URI that is too long in any of them, since an entry could miss that one (ATK-64)', () => {
    expect(spellings(`s://${'x'.repeat(2044)}`)).toHaveLength(1);
    expect(spellings(`s://${'x'.repeat(2045)}`)).toEqual([]);
    const policy = compilePolicy(
      {
        resources: {
          's://box/{+rest}': [],
          's://box/caf%C3%A9/{+rest}': ['mcp:resources:secret'],
        },
      },
      defineScopes({ 'mcp:resources:secret': { description: 'Read secrets.' } }),
    );
    expect(policy.resources('s://box/café/a')).toHaveLength(3);
    expect(policy.resources(`s://box/café/${'é'.repeat(700)}`)).toEqual([]);
  });
});
