import { ConfigurationError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { type EmbeddedUser, embeddedAccounts } from './embedded-accounts.js';

// 'correct horse' at the lowest cost that is read, to keep the suite quick.
const ada = {
  username: 'ada',
  passwordHash:
    '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$0LupyHkzAIgDr9UDsriAAf87vMbCbcaUfDvFOAHk0D0',
};

describe('signing in', () => {
  it('knows a person by name and password, and finds them by subject', async () => {
    const accounts = embeddedAccounts([
      { ...ada, subject: 'u-1', displayName: 'Ada L.', scopes: ['mcp:tools:*'] },
      { username: 'bob@example.com', password: 'battery' },
    ]);
    const account = { subject: 'u-1', displayName: 'Ada L.', scopes: ['mcp:tools:*'] };
    expect(await accounts.signIn('ada', 'correct horse')).toEqual({ kind: 'signed_in', account });
    expect(await accounts.find('u-1')).toEqual(account);
    expect(await accounts.find('ada')).toBeUndefined();
    expect(await accounts.signIn('bob@example.com', 'battery')).toEqual({
      kind: 'signed_in',
      account: { subject: 'user:bob@example.com', displayName: 'bob@example.com' },
    });
  });

  it('gives one answer for a wrong name and a wrong password (AS-94)', async () => {
    const accounts = embeddedAccounts([ada]);
    for (const [name, password] of [
      ['ada', 'wrong'],
      ['ada', ''],
      ['nobody', 'correct horse'],
      ['', 'correct horse'],
      ['__proto__', 'correct horse'],
      ['ada\u202E', 'correct horse'],
      ['x'.repeat(100_000), 'y'.repeat(100_000)],
    ] as const) {
      expect(await accounts.signIn(name, password)).toEqual({ kind: 'refused' });
    }
  });

  it('takes as long for a name that does not exist, whatever the cost of a try (AS-94)', async () => {
    const accounts = embeddedAccounts([ada]);
    await accounts.signIn('ada', 'correct horse');
    const spent = async (name: string): Promise<number> => {
      const began = process.cpuUsage();
      await accounts.signIn(name, 'wrong');
      const { user, system } = process.cpuUsage(began);
      return user + system;
    };
    const known = Math.min(await spent('ada'), await spent('ada'));
    const unknown = Math.min(await spent('eve'), await spent('eve'));
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  it('stops looking at passwords after five tries, the right one included (AS-94)', async () => {
    let now = 1000;
    const accounts = embeddedAccounts([ada], { now: () => now });
    for (const name of ['ada', 'nobody']) {
      for (let n = 0; n < 5; n += 1) {
        expect(await accounts.signIn(name, 'wrong')).toEqual({ kind: 'refused' });
      }
      expect(await accounts.signIn(name, 'correct horse')).toEqual({
        kind: 'throttled',
        retryAfter: 5,
      });
    }
    now += 5;
    expect(await accounts.signIn('ada', 'correct horse')).toMatchObject({ kind: 'signed_in' });
    expect(await accounts.signIn('ada', 'wrong')).toEqual({ kind: 'refused' });
  });

  it('lets no more than five of 50 guesses sent at once reach the password (AS-94)', async () => {
    const accounts = embeddedAccounts([ada]);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => accounts.signIn(n % 2 ? 'ada' : ' ada ', `guess ${n}`)),
    );
    expect(answers.filter(({ kind }) => kind === 'refused')).toHaveLength(5);
    expect(answers.filter(({ kind }) => kind === 'throttled')).toHaveLength(45);
  });
});

describe('configuration', () => {
  it('names every problem at once, and no password', () => {
    const start = () =>
      embeddedAccounts([
        { username: ' ', password: 'secret-1' },
        { username: 'ada', password: 'secret-2', passwordHash: 'secret-3' },
        { username: ' ada ', password: 'x', subject: 'has space' },
        { username: 'bob', passwordHash: 'secret-4' },
        { username: 'eve', password: '', subject: 'user:bob', scopes: ['mcp:tools:*', 'a b'] },
      ]);
    expect(start).toThrow(ConfigurationError);
    expect(start).toThrow(
      [
        'The configuration has 8 problems:',
        '  - "accounts[0].username" must have 1 to 128 characters, none of them invisible. Give the name that the person types to sign in.',
        '  - "accounts[1]" needs a password. Give exactly one of "password" and "passwordHash".',
        '  - "accounts[2].username" " ada " is taken. Give every person another name.',
        '  - "accounts[2].subject" must have 1 to 255 visible ASCII characters. Give one that never changes, such as a number.',
        '  - "accounts[3].passwordHash" is not a hash that this version reads. Make one with hashPassword(); it starts with "$scrypt$".',
        '  - "accounts[4].password" must be a text of 1 to 1024 bytes. Give the password that the person types to sign in.',
        '  - "accounts[4].subject" "user:bob" is taken. Give every person another subject.',
        '  - "accounts[4].scopes" "a b" is not a scope. Correct or remove it.',
      ].join('\n'),
    );
  });

  it.each([
    ['accounts[0].displayName', { displayName: 7 }],
    ['accounts[0].scopes', { scopes: 'mcp:tools:weather' }],
    ['accounts[0].scopes', { scopes: null }],
  ])('refuses a wrong %s: %j', (option, wrong) => {
    const user = { username: 'ada', password: 'x', ...wrong } as unknown as EmbeddedUser;
    expect(() => embeddedAccounts([user])).toThrow(`"${option}" `);
  });

  it('makes a subject of any user name', async () => {
    const accounts = embeddedAccounts([{ username: 'Zoë', password: 'x' }]);
    expect(await accounts.find('user:Zo%C3%AB')).toEqual({
      subject: 'user:Zo%C3%AB',
      displayName: 'Zoë',
    });
  });

  it('works without anybody, for machines only', async () => {
    expect(await embeddedAccounts([]).signIn('ada', 'x')).toEqual({ kind: 'refused' });
  });
});
