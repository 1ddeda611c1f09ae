import { describe, expect, it } from 'vitest';
import { createConcealer } from './conceal.js';

describe('createConcealer', () => {
  it('cuts a secret to six characters wherever it stands', () => {
    const concealer = createConcealer();
    concealer.learn('abcdefghijklmnop');
    expect(concealer.conceal('x=abcdefghijklmnop&y')).toBe('x=abcdef…&y');
  });

  it('learns from queries, forms and JSON, however deep', () => {
    const concealer = createConcealer();
    concealer.learnParameters(new URLSearchParams('code=code-1234567&scope=mcp:tools:whoami-1'));
    concealer.learnJson({
      result: [{ refresh_token: 'refresh-7654321' }],
      scope: 'openid-and-more',
    });
    expect(
      concealer.conceal('code-1234567 refresh-7654321 openid-and-more mcp:tools:whoami-1'),
    ).toBe('code-1… refres… openid-and-more mcp:tools:whoami-1');
  });

  it('finds a secret that a URL has encoded', () => {
    const concealer = createConcealer();
    concealer.learn('a+b/c=d&e');
    expect(concealer.conceal('?code=a%2Bb%2Fc%3Dd%26e')).toBe('?code=a+b/c=…');
  });

  it('cuts the longer one of two secrets that begin alike', () => {
    const concealer = createConcealer();
    concealer.learn('prefix-1');
    concealer.learn('prefix-1-and-more');
    expect(concealer.conceal('prefix-1-and-more')).toBe('prefix…');
  });

  it('cuts a signed token that it was never told of', () => {
    expect(createConcealer().conceal('Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln')).toBe(
      'Bearer eyJhbG…',
    );
  });
});
