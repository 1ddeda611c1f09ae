import { createServer } from 'node:http';
import { ConfigurationError, ProviderUnavailableError } from '@portcullis/core';
import { describe, expect, it } from 'vitest';
import { listen, stop } from './listening.js';
import { startFailure } from './start-failure.js';

describe('startFailure', () => {
  it('lists every problem of a configuration, one a line', () => {
    const error = new ConfigurationError([
      { option: 'PORT', problem: 'must be a port.', remedy: 'Leave it out.' },
      { option: 'HOST', problem: 'is unknown.', remedy: 'Leave it out too.' },
    ]);
    expect(startFailure(error)).toBe(
      'The configuration is wrong; nothing was started.\n  PORT must be a port. Leave it out.\n  HOST is unknown. Leave it out too.',
    );
  });

  it('says in one sentence that the port is in use', async () => {
    const first = createServer();
    const port = await listen(first, 0, '127.0.0.1');
    const error = await listen(createServer(), port, '127.0.0.1').catch((reason) => reason);
    await stop(first, 0);
    expect(startFailure(error)).toBe(
      `Cannot start: port ${port} on 127.0.0.1 is in use. Stop the program that has it, or set PORT to a free port.`,
    );
  });

  it('says which host has no address', async () => {
    const error = await listen(createServer(), 0, 'nowhere.invalid').catch((reason) => reason);
    expect(startFailure(error)).toBe(
      'Cannot start: nowhere.invalid has no address. Set HOST to an address of this computer, or leave it out.',
    );
  });

  it.each([
    [
      { code: 'EADDRNOTAVAIL', syscall: 'listen', address: '192.0.2.1', port: 3000 },
      '192.0.2.1 is not an address of this computer. Set HOST to one, or leave it out.',
    ],
    [
      { code: 'EACCES', syscall: 'listen', address: '127.0.0.1', port: 80 },
      'port 80 needs more rights. Set PORT to one above 1023.',
    ],
    [
      { code: 'EACCES', syscall: 'mkdir', path: '/srv/data' },
      '/srv/data cannot be made (EACCES). Set DATA_DIR to a folder that can be written to.',
    ],
    [
      { code: 'ENOENT', syscall: 'mkdir', path: '/app/data' },
      '/app/data cannot be made (ENOENT). Set DATA_DIR to a folder that can be written to.',
    ],
    [{ code: 'ENOENT', syscall: 'open', path: '/app/.env' }, 'As the system says it.'],
  ])('says what to do about %j', (error, text) => {
    const thrown = Object.assign(new Error('As the system says it.'), error);
    expect(startFailure(thrown)).toBe(`Cannot start: ${text}`);
  });

  it('passes on what the packages say, without a stack', () => {
    expect(startFailure(new ProviderUnavailableError('The database sleeps.'))).toBe(
      'Cannot start: The database sleeps.',
    );
  });

  it('keeps the stack of an error that nobody foresaw', () => {
    expect(startFailure(new Error('Odd'))).toMatch(/^Cannot start: Error: Odd\n\s+at /);
  });
});
