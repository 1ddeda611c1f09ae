import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from './read-csv.js';

describe('readCsv', () => {
  it('gives each row the line it begins on, quoted line ends or not', () => {
    expect(readCsv('\ufeffa,b\r\n"x\r\ny",1\r\n\r\n"say ""hi""",2\r\n')).toEqual({
      rows: [
        { fields: ['a', 'b'], line: 1 },
        { fields: ['x\ny', '1'], line: 2 },
        { fields: ['say "hi"', '2'], line: 5 },
      ],
      broken: [],
    });
  });

  it('takes a stray quote for a character', () => {
    expect(readCsv('a,b\nhe said "hi",1\n"un"closed,2\n').rows.map(({ fields }) => fields)).toEqual(
      [
        ['a', 'b'],
        ['he said "hi"', '1'],
        ['"un"closed', '2'],
      ],
    );
  });

  it('loses one line to a quote that is never closed, not the rest', () => {
    expect(readCsv('a,b\n1,2\n\n"open,3\n4,5\n6,7\n')).toEqual({
      rows: [
        { fields: ['a', 'b'], line: 1 },
        { fields: ['1', '2'], line: 2 },
        { fields: ['4', '5'], line: 5 },
        { fields: ['6', '7'], line: 6 },
      ],
      broken: [{ line: 4, problem: 'A quote in the row is never closed.' }],
    });
  });

  it('starts again as often as quotes are left open', () => {
    expect(readCsv('"a\n\n"""b"c,,"""\nd\n')).toEqual({
      rows: [{ fields: ['d'], line: 4 }],
      broken: [
        { line: 1, problem: 'A quote in the row is never closed.' },
        { line: 3, problem: 'A quote in the row is never closed.' },
      ],
    });
  });

  it('reads a huge field, and what follows it', () => {
    const huge = 'x'.repeat(1_000_000);
    expect(readCsv(`a,b\n"${huge}",1\nshort,2\n`)).toEqual({
      rows: [
        { fields: ['a', 'b'], line: 1 },
        { fields: [huge, '1'], line: 2 },
        { fields: ['short', '2'], line: 3 },
      ],
      broken: [],
    });
  });

  it('ends with the last row that is wanted, broken ones counted', () => {
    const text = 'a,b\n"open,1\n2,3\n4\n5,6\n';
    expect(readCsv(text, 4)).toEqual({
      rows: [
        { fields: ['a', 'b'], line: 1 },
        { fields: ['2', '3'], line: 3 },
        { fields: ['4'], line: 4 },
      ],
      broken: [{ line: 2, problem: 'A quote in the row is never closed.' }],
    });
    expect(readCsv(text, 2).rows).toHaveLength(1);
    expect(readCsv('a\nb\nc', 2).rows.map(({ fields }) => fields)).toEqual([['a'], ['b']]);
  });

  it('reads no text as no rows', () => {
    expect(readCsv('')).toEqual({ rows: [], broken: [] });
    expect(readCsv('\n \n').broken).toEqual([]);
  });

  it('never throws', () => {
    const piece = fc.constantFrom('"', ',', '\n', '\r', 'a', '""', '\ufeff', ' ', '\u0000');
    fc.assert(
      fc.property(fc.array(piece), (parts) => {
        const text = parts.join('');
        const lines = text.split(/\r\n|\r|\n/).length;
        for (const { line } of [...readCsv(text).rows, ...readCsv(text).broken]) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines + 1);
        }
      }),
      { numRuns: 500 },
    );
  });
});
