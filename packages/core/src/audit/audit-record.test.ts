import { describe, expect, it } from 'vitest';
import { auditRecord } from './audit-record.js';
import { denied, deniedTo } from './sample-events.harness.js';

const nameIn = (name: string) => (auditRecord(deniedTo(name)) as { readonly name?: string }).name;

describe('auditRecord', () => {
  it('is a copy of what is harmless', () => {
    expect(auditRecord(denied)).toEqual(denied);
    expect(auditRecord(denied)).not.toBe(denied);
  });

  it('spells out what ends lines, steers terminals or turns text around', () => {
    expect(nameIn('a\nb\u0000\u001b[31m')).toBe(String.raw`a\u000ab\u0000\u001b[31m`);
    expect(nameIn('\u007f\u009b\u2028\u2029')).toBe(String.raw`\u007f\u009b\u2028\u2029`);
    expect(nameIn('\u061c\u200e\u200f\u202a\u202e\u2066\u2069')).toBe(
      String.raw`\u061c\u200e\u200f\u202a\u202e\u2066\u2069`,
    );
    expect(nameIn('half \ud83d, whole \u{1f600}')).toBe(String.raw`half \ud83d, whole 😀`);
  });

  it('cuts every text to 2,048 characters, and leaves no half of one behind', () => {
    expect(nameIn('x'.repeat(2048))).toBe('x'.repeat(2048));
    expect(nameIn('x'.repeat(2049))).toBe(`${'x'.repeat(2048)}…`);
    expect(nameIn(`${'x'.repeat(2047)}😀`)).toBe(String.raw`${'x'.repeat(2047)}\ud83d…`);
  });
});
