import { describe, expect, it } from 'vitest';
import { isCanonicalBase64url } from './strict-json.js';

describe('isCanonicalBase64url', () => {
  it.each([
    ['AA', true],
    ['AB', false],
    ['AAA', true],
    ['AAB', false],
    ['AAAB', true],
    ['A', false],
    ['', false],
    ['AA==', false],
    ['A+/A', false],
  ])('%j → %s: one text has one spelling (ATK-47)', (text, canonical) => {
    expect(isCanonicalBase64url(text)).toBe(canonical);
  });
});
