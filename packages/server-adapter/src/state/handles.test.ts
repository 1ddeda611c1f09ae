import { memoryReplayStore, type Principal, type ReplayStore } from '@portcullis/core';
import { expect, it } from 'vitest';
import { createSeals } from '../seal/seals.js';
import { createHandles } from './handles.js';

const resource = 'https://mcp.example.com/mcp';
const secrets = ['a secret of at least 32 characters'];
const alice: Principal = {
  ...{ kind: 'principal', actor: 'user', issuer: 'https://issuer.example.com', subject: 'alice' },
  ...{ clientId: 'cli', tokenId: 't1', scopes: [], expiresAt: 2_000_000_000, claims: {} },
};
const bob: Principal = { ...alice, subject: 'bob' };
const person = ({ issuer, subject }: Principal) => ({ issuer, subject });

/** With one character altered. */
const turned = (text: string) => text.replace(/(?<=^.{30})./, (one) => (one === 'A' ? 'B' : 'A'));

function setUp(used: ReplayStore = memoryReplayStore()) {
  const time = { now: 1_800_000_000 };
  const handles = createHandles(createSeals({ resource, secrets }), used, () => time.now * 1000);
  return { time, handles };
}

it('gives a value back to whom it was made for, with every later token of theirs (RS-108)', async () => {
  const { handles } = setUp();
  for (const value of ['basket 7', '', ' ', '0 1', 'ünïcödé\u0000']) {
    const handle = await handles.mint(alice, value);
    expect(handle).toMatch(/^[A-Za-z0-9_-]{40,}$/);
    expect(await handles.open(alice, handle)).toBe(value);
    const later = { ...alice, tokenId: 't2', scopes: ['mcp:tools:*'], expiresAt: 2_100_000_000 };
    expect(await handles.open(later, handle)).toBe(value);
  }
});

it('opens for nobody else, however it was come by (RS-108, ATK-82)', async () => {
  const { handles } = setUp();
  const handle = await handles.mint(alice, 'basket 7');
  const others: readonly Principal[] = [
    bob,
    { ...alice, clientId: 'other' },
    { ...alice, issuer: 'https://other.example.com' },
    { ...alice, actor: 'client' },
  ];
  for (const other of others) expect(await handles.open(other, handle)).toBeUndefined();
  expect(await handles.open(person(alice), handle)).toBeUndefined();
  const guesses = ['', 'basket 7', `${handle}A`, handle.slice(1), turned(handle)];
  for (const guess of guesses) expect(await handles.open(alice, guess)).toBeUndefined();
  expect(await handles.open(alice, 7 as unknown as string)).toBeUndefined();
});

it('opens for an hour, or for as long as was said', async () => {
  const { time, handles } = setUp();
  const hour = await handles.mint(alice, 'hour');
  const minute = await handles.mint(alice, 'minute', { expiresInSeconds: 60 });
  time.now += 59;
  expect(await handles.open(alice, minute)).toBe('minute');
  time.now += 1;
  expect(await handles.open(alice, minute)).toBeUndefined();
  time.now += 3539;
  expect(await handles.open(alice, hour)).toBe('hour');
  time.now += 1;
  expect(await handles.open(alice, hour)).toBeUndefined();
});

it('opens once where it counts once, whoever of many comes first (ATK-73)', async () => {
  const used = memoryReplayStore();
  const instances = [setUp(used).handles, setUp(used).handles];
  const handle = await instances[0]?.mint(alice, 'pay 100', { singleUse: true });
  const attempts = Array.from({ length: 20 }, (_, index) =>
    instances[index % 2]?.open(alice, handle ?? ''),
  );
  const opened = await Promise.all(attempts);
  expect(opened.filter((value) => value === 'pay 100')).toHaveLength(1);
  expect(opened.filter((value) => value === undefined)).toHaveLength(19);
});

it('is used up by nobody but its holder', async () => {
  const { handles } = setUp();
  const handle = await handles.mint(alice, 'pay 100', { singleUse: true });
  expect(await handles.open(bob, handle)).toBeUndefined();
  expect(await handles.open(alice, handle)).toBe('pay 100');
  expect(await handles.open(alice, handle)).toBeUndefined();
});

it('does not open once more because the store of what was used fails', async () => {
  const { handles } = setUp({ insertIfAbsent: () => Promise.reject(new Error('down')) });
  const handle = await handles.mint(alice, 'pay 100', { singleUse: true });
  await expect(handles.open(alice, handle)).rejects.toThrow('down');
  expect(await handles.open(alice, await handles.mint(alice, 'basket 7'))).toBe('basket 7');
});

it('keeps marks until a handle is over by any clock, under a name that says nothing', async () => {
  const asked: unknown[][] = [];
  const { handles } = setUp({
    insertIfAbsent: (...given) => {
      asked.push(given);
      return true;
    },
  });
  const handle = await handles.mint(alice, 'x', { singleUse: true, expiresInSeconds: 90 });
  await handles.open(alice, handle);
  expect(asked).toEqual([
    [
      expect.stringMatching(/^[0-9a-f]{64}$/),
      1_800_000_150,
      1_800_000_000,
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ],
  ]);
});

it('lets a person go on with another client or on a page, and nobody in their place (RS-109, ATK-92)', async () => {
  const { handles } = setUp();
  // The link that a URL-mode elicitation sends Alice to has this in it, and Bob has got hold of the link.
  const link = await handles.mint(alice, 'connect calendar of alice', { holder: 'person' });
  expect(await handles.open(person(bob), link)).toBeUndefined();
  expect(await handles.open(bob, link)).toBeUndefined();
  expect(await handles.open({ ...person(alice), issuer: 'https://x.example' }, link)).toBe(
    undefined,
  );
  // A client that acts for itself, under a subject that is spelt like hers.
  expect(await handles.open({ ...alice, actor: 'client' }, link)).toBeUndefined();
  expect(await handles.open(person(alice), link)).toBe('connect calendar of alice');
  expect(await handles.open({ ...alice, clientId: 'other' }, link)).toBe(
    'connect calendar of alice',
  );
});

it('says what is wrong with how a handle is to be made', async () => {
  const { handles } = setUp();
  for (const expiresInSeconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(handles.mint(alice, 'x', { expiresInSeconds })).rejects.toThrow(
      '"expiresInSeconds" must be a whole number of seconds, at least 1.',
    );
  }
  const robot: Principal = { ...alice, actor: 'client' };
  await expect(handles.mint(robot, 'x', { holder: 'person' })).rejects.toThrow(
    '"holder" is "person", but a client acts for itself.',
  );
});
