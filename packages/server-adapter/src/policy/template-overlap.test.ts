import fc from 'fast-check';
import { expect, it } from 'vitest';
import { covers, meets } from './template-overlap.js';
import { parseUriTemplate, type UriTemplate } from './uri-template.js';

function template(text: string): UriTemplate {
  const parsed = parseUriTemplate(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

it.each([
  ['notes://{id}', 'notes://{other}', true, true],
  ['notes://{id}', 'notes://secret', true, true],
  ['notes://secret', 'notes://{id}', false, true],
  ['notes://{+path}', 'notes://{box}/{id}', true, true],
  ['notes://{box}/{id}', 'notes://{+path}', false, true],
  ['notes://{box}/{id}', 'notes://{id}', false, false],
  ['notes://a{id}', 'notes://b{id}', false, false],
  ['notes://a{id}', 'notes://{id}', false, true],
  ['notes://{id}', 'notes://x{a}y{b}', true, true],
  ['find://{a}', 'find://all{?q}', false, true],
  ['find://all{?q}', 'find://all{?other}', false, false],
  ['Notes://{id}', 'notes://{id}', false, false],
])('knows whether %s covers or meets %s', (wide, narrow, covered, met) => {
  expect(covers(template(wide), template(narrow))).toBe(covered);
  expect(meets(template(wide), template(narrow))).toBe(met);
  expect(meets(template(narrow), template(wide))).toBe(met);
});

it('agrees with the URIs of random templates (RS-82, RS-83)', () => {
  const part = fc.constantFrom('a', 'b', '/', '{x}', '{+y}', '{/z}', '{?q}');
  const text = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `n:${parts.join('')}`);
  const uri = fc.array(fc.constantFrom('a', 'b', '/', '?q=', '&'), { maxLength: 6 });
  let covered = 0;
  let met = 0;
  fc.assert(
    fc.property(text, text, uri, (left, right, characters) => {
      const [wide, narrow] = [template(left), template(right)];
      const candidate = `n:${characters.join('')}`;
      if (narrow.match(candidate) === undefined) return;
      const both = wide.match(candidate) !== undefined;
      if (covers(wide, narrow)) covered += 1;
      if (covers(wide, narrow) && !both) throw new Error(`${left} does not cover ${right}`);
      if (both) met += 1;
      if (both && !meets(wide, narrow)) throw new Error(`${left} meets ${right}`);
    }),
    { numRuns: 10_000, seed: 7 },
  );
  expect(covered).toBeGreaterThan(10);
  expect(met).toBeGreaterThan(25);
});
