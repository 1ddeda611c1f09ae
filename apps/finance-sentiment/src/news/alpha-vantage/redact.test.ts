import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from './redact.js';

describe('redactor', () => {
  it('finds a key however its characters are percent-encoded', () => {
    const redact = redactor('AB+12/cd34');
    const forms = ['AB+12/cd34', 'AB%2B12%2Fcd34', 'AB%2b12%2fcd34', '%41%42%2B%31%32/cd34'];
    expect(forms.map((form) => redact(`x${form}y`))).toEqual(forms.map(() => 'x[redacted]y'));
  });

  it('takes a short key for a word, not for a part of one', () => {
    const redact = redactor('demo');
    expect(redact('apikey=demo&x')).toBe('apikey=[redacted]&x');
    expect(redact('demonstrate')).toBe('demonstrate');
  });

  it('leaves no key of printable characters in any text', () => {
    const key = fc.stringMatching(/^[!-~]{8,40}$/);
    fc.assert(
      fc.property(key, fc.string(), fc.string(), (secret, before, after) => {
        const text = `${before}${secret}|${encodeURIComponent(secret)}|${new URLSearchParams({ k: secret })}${after}`;
        const redacted = redactor(secret)(text);
        expect(redacted).not.toContain(secret);
        expect(redacted).not.toContain(encodeURIComponent(secret));
      }),
    );
  });
});
