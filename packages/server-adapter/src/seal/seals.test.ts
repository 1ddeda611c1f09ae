import { ConfigurationError, type Principal } from '@portcullis/core';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { fromBase64url, toBase64url } from './base64url.js';
import { ownerOf } from './owner.js';
import { deriveSealKey, webSealKey } from './seal-key.js';
import { createSeals, type Purpose } from './seals.js';

const resource = 'https://mcp.example.com/mcp';
const first = 'the first secret, of 32 characters or more';
const second = 'the second secret, of 32 characters or more';
const now = 1_800_000_000;
const purposes: readonly Purpose[] = ['session', 'event', 'cursor', 'handle', 'request_state'];

it('has a secret of its own for each start where none is given (ATK-82)', async () => {
  const sealed = await createSeals({ resource }).seal('session', 'ada', 'one');
  expect(await createSeals({ resource }).open('session', 'ada', sealed, now)).toBeUndefined();
});

it('gives back any text to whom it was sealed for, in visible ASCII that says nothing (RS-104)', async () => {
  const seals = createSeals({ resource });
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\ud800'), fc.constant(''));
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom(...purposes), async (text, purpose) => {
      const sealed = await seals.seal(purpose, 'ada', text);
      expect(sealed).toMatch(/^[A-Za-z0-9_-]{40,}$/);
      if (text.length > 3)
        expect(sealed).not.toContain(toBase64url(new TextEncoder().encode(text)));
      expect(await seals.open(purpose, 'ada', sealed, now)).toBe(text);
    }),
  );
});

it('seals the same value to another text each time', async () => {
  const { seal } = createSeals({ resource });
  expect(await seal('session', 'ada', 'one')).not.toBe(await seal('session', 'ada', 'one'));
});

it('opens for no other owner, purpose, resource or secret (ATK-80, ATK-82)', async () => {
  const seals = createSeals({ resource, secrets: [first] });
  const sealed = await seals.seal('session', 'ada', 'one');
  expect(await seals.open('session', 'bob', sealed, now)).toBeUndefined();
  for (const purpose of purposes.slice(1)) {
    expect(await seals.open(purpose, 'ada', sealed, now)).toBeUndefined();
  }
  const elsewhere = createSeals({ resource: 'https://mcp.example.com/other', secrets: [first] });
  expect(await elsewhere.open('session', 'ada', sealed, now)).toBeUndefined();
  const later = createSeals({ resource, secrets: [second] });
  expect(await later.open('session', 'ada', sealed, now)).toBeUndefined();
  expect(await createSeals({ resource }).open('session', 'ada', sealed, now)).toBeUndefined();
});

it('opens nothing of which one bit was turned, or anything cut or put on (ATK-82)', async () => {
  const seals = createSeals({ resource });
  const bytes = fromBase64url(await seals.seal('handle', 'ada', 'basket 7')) ?? new Uint8Array();
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const turned = Uint8Array.from(bytes);
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(await seals.open('handle', 'ada', toBase64url(turned), now)).toBeUndefined();
  }
  for (let length = 0; length < bytes.length; length += 1) {
    const cut = toBase64url(bytes.subarray(0, length));
    expect(await seals.open('handle', 'ada', cut, now)).toBeUndefined();
  }
  const sealed = toBase64url(bytes);
  for (const other of [`${sealed}A`, `${sealed}=`, ` ${sealed}`, `${sealed}\n`, 'x', '€', '..']) {
    expect(await seals.open('handle', 'ada', other, now)).toBeUndefined();
  }
});

it('has one spelling for each value, so the last bits of a text cannot vary', () => {
  expect(fromBase64url('AQ')).toEqual(Uint8Array.of(1));
  for (const other of ['AR', 'AQ==', 'A', '+A', '/A']) expect(fromBase64url(other)).toBeUndefined();
});

it('opens until its end and not at it', async () => {
  const seals = createSeals({ resource });
  const sealed = await seals.seal('handle', 'ada', 'one', now);
  expect(await seals.open('handle', 'ada', sealed, now - 1)).toBe('one');
  expect(await seals.open('handle', 'ada', sealed, now)).toBeUndefined();
  expect(await seals.open('handle', 'ada', sealed, now + 1)).toBeUndefined();
});

it('seals with the first secret and opens with all, so that one can take the place of another', async () => {
  const before = createSeals({ resource, secrets: [first] });
  const between = createSeals({ resource, secrets: [second, first] });
  const after = createSeals({ resource, secrets: [second] });
  const old = await before.seal('cursor', 'ada', 'old');
  const fresh = await between.seal('cursor', 'ada', 'new');
  expect(await between.open('cursor', 'ada', old, now)).toBe('old');
  expect(await after.open('cursor', 'ada', fresh, now)).toBe('new');
  expect(await before.open('cursor', 'ada', fresh, now)).toBeUndefined();
  expect(await after.open('cursor', 'ada', old, now)).toBeUndefined();
});

it('opens and seals nothing longer than a mebibyte', async () => {
  const seals = createSeals({ resource });
  const most = 'x'.repeat(786_000);
  expect(
    await seals.open('request_state', 'ada', await seals.seal('request_state', 'ada', most), now),
  ).toBe(most);
  await expect(seals.seal('request_state', 'ada', 'x'.repeat(786_432))).rejects.toThrow(
    new RangeError('A value of 786432 characters is too long to be sealed.'),
  );
  expect(await seals.open('request_state', 'ada', 'A'.repeat(1_048_577), now)).toBeUndefined();
});

it('takes owners of any length, as clients named by their documents are', async () => {
  const seals = createSeals({ resource });
  const client = `https://app.example.com/${'x'.repeat(5000)}`;
  const sealed = await seals.seal('session', `${client}1`, 'one');
  expect(await seals.open('session', `${client}1`, sealed, now)).toBe('one');
  expect(await seals.open('session', `${client}2`, sealed, now)).toBeUndefined();
});

it("seals the same by Node's cryptography and by the web's", async () => {
  const encode = (text: string) => new Uint8Array(new TextEncoder().encode(text));
  const [secret, label, plain] = [encode(first), encode('a label'), encode('a value')];
  const here = await deriveSealKey(secret, label);
  const web = await webSealKey(secret, label);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const hidden = await web.encrypt(iv, plain);
  expect(await here.encrypt(iv, plain)).toEqual(hidden);
  for (const key of [here, web]) {
    expect(await key.decrypt(iv, hidden)).toEqual(plain);
    const turned = Uint8Array.from(hidden, (byte, index) => (index === 3 ? byte ^ 1 : byte));
    expect(await key.decrypt(iv, turned)).toBeUndefined();
  }
  const other = await webSealKey(secret, encode('another label'));
  expect(await other.decrypt(iv, hidden)).toBeUndefined();
});

it('seals as soon as there are random values, which some runtimes lack while they start', async () => {
  const seals = createSeals({ resource });
  const none = vi.spyOn(crypto, 'getRandomValues').mockImplementation(() => {
    throw new Error('Not in global scope.');
  });
  await expect(seals.seal('handle', 'ada', 'one')).rejects.toThrow('Not in global scope.');
  none.mockRestore();
  const sealed = await seals.seal('handle', 'ada', 'one');
  expect(await seals.open('handle', 'ada', sealed, now)).toBe('one');
});

it('goes on opening when more owners came than it remembers keys for', async () => {
  const seals = createSeals({ resource });
  const sealed = await seals.seal('session', 'ada', 'one');
  await Promise.all(
    Array.from({ length: 1100 }, (_, index) => seals.seal('session', `owner ${index}`, 'x')),
  );
  expect(await seals.open('session', 'ada', sealed, now)).toBe('one');
});

describe('secrets', () => {
  it.each([
    [[], '"secrets" must be a list of at least one secret.'],
    [first, '"secrets" must be a list of at least one secret.'],
    [[first, 'short'], '"secrets[1]" must be a string of at least 32 characters.'],
    [[Symbol('x')], '"secrets[0]" must be a string of at least 32 characters.'],
  ])('stop the start when they are %j', (secrets, problem) => {
    const remedy = 'Make one with "openssl rand -base64 32", and give every instance the same.';
    expect(() => createSeals({ resource, secrets: secrets as string[] })).toThrow(
      new ConfigurationError([]).constructor as typeof ConfigurationError,
    );
    expect(() => createSeals({ resource, secrets: secrets as string[] })).toThrow(
      `${problem} ${remedy}`,
    );
  });
});

describe('an owner', () => {
  const ada: Principal = {
    ...{ kind: 'principal', actor: 'user', issuer: 'https://a.example', subject: 'ada' },
    ...{
      clientId: 'cli',
      tokenId: 't1',
      scopes: ['mcp:tools:weather'],
      expiresAt: now,
      claims: {},
    },
  };

  it('is the same with every token of the same person and client (RS-104)', () => {
    const later = { ...ada, tokenId: 't2', scopes: [], expiresAt: now + 1, claims: { x: 1 } };
    expect(ownerOf(later)).toBe(ownerOf(ada));
  });

  it('is another by issuer, person, client or kind of actor (RS-104, ATK-80)', () => {
    const others: readonly Partial<Principal>[] = [
      { issuer: 'https://b.example' },
      { subject: 'bob' },
      { clientId: 'web' },
      { actor: 'client' },
      { issuer: 'https://a.example","user', subject: 'x' },
      { subject: 'ada","cli', clientId: '' },
    ];
    const owners = [{}, ...others].map((other) => ownerOf({ ...ada, ...other }));
    expect(new Set(owners).size).toBe(owners.length);
  });
});
