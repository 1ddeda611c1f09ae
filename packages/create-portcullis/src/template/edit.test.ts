import { expect, it } from 'vitest';
import { edited } from './edit.js';

const text = "const a = 1;\nconst b = '$&';\nconst a2 = 1;\n";

it('makes the edits of one file in order, and leaves what stands there as it is', () => {
  const edits = [
    { file: 'a.ts', find: /const b = .*;\n/, replace: "const c = '$&';\n" },
    { file: 'a.ts', find: "const c = '$&'", replace: 'const d' },
    { file: 'b.ts', find: 'const a', replace: 'never' },
    { file: 'a.ts', find: 'const a2 = 1;\n' },
  ];
  expect(edited('a.ts', text, edits)).toBe('const a = 1;\nconst d;\n');
});

it.each([
  ['does not find', 'const z', 0],
  ['finds twice', /const a\w? = 1/, 2],
])('fails where an edit %s its place', (_how, find, places) => {
  expect(() => edited('a.ts', text, [{ file: 'a.ts', find }])).toThrow(
    `a.ts of the app has ${places} places like ${find}, and create-portcullis expects one. Adapt its src/template/edits.ts.`,
  );
});
