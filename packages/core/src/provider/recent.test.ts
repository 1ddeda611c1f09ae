import { expect, it } from 'vitest';
import { recent } from './recent.js';

/** Four places: `a` and `b` are of the old generation, `c` of the young one. */
function filled() {
  const map = recent<number>(4);
  for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index);
  return map;
}

it('forgets what is deleted, of whichever generation it is (RS-86)', () => {
  const map = filled();
  for (const key of ['a', 'c']) map.delete(key);
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([
    undefined,
    1,
    undefined,
    1,
  ]);
});

it('forgets everything when it is cleared', () => {
  const map = filled();
  map.clear();
  expect([map.get('a'), map.get('c'), map.size, [...map.entries()]]).toEqual([
    undefined,
    undefined,
    0,
    [],
  ]);
});

it('holds each key once, with what was set last', () => {
  const map = filled();
  map.set('a', 9);
  expect([map.size, map.get('a')]).toEqual([3, 9]);
  expect([...map.entries()].filter(([key]) => key === 'a')).toEqual([['a', 9]]);
});
