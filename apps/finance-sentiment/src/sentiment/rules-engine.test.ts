import { expect, it } from 'vitest';
import { analyze } from './analyze.js';
import { rulesEngine } from './rules-engine.js';

it('says what analyze says, and who says it', async () => {
  const [text, other] = ['Debt falls', 'Sales fell'];
  const { rulesVersion, ...verdict } = analyze(text, { explain: true });
  expect(await rulesEngine.score([text, other], { explain: true })).toMatchObject([
    { ...verdict, engine: `rules/${rulesVersion}` },
    { label: 'negative' },
  ]);
  expect((await rulesEngine.score([text]))[0]?.evidence).toEqual([]);
  expect(await rulesEngine.score([])).toEqual([]);
});

it('lets others have the processor between long texts', async () => {
  let others = 0;
  const texts = Array.from({ length: 10 }, () => '(('.repeat(5000));
  let open = true;
  const tick = () => {
    others += 1;
    if (open) setImmediate(tick);
  };
  setImmediate(tick);
  expect(await rulesEngine.score(texts)).toHaveLength(10);
  open = false;
  expect(others).toBeGreaterThanOrEqual(4);
});
