import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const dockerfile = read('Dockerfile');
const compose = read('compose.yaml');

describe('the container', () => {
  it('runs as nobody in particular, writes to its volume alone, and says how it is doing', () => {
    const [, stage = ''] = dockerfile.split(/^FROM .+-slim$/m);
    expect(stage).toMatch(/^USER node$/m);
    expect(stage).toMatch(/^VOLUME \/data$/m);
    expect(stage).toMatch(/^HEALTHCHECK .*\/health/m);
    expect(compose).toContain('read_only: true');
    expect(compose).toContain('cap_drop: [ALL]');
  });

  it('is configured by variables that exist', () => {
    const known = read('.env.example');
    const service = /finance:\n(.+?)\n {2}database:/s.exec(compose)?.[1] ?? '';
    const used = [...service.matchAll(/^ {6}([A-Z_]+):/gm)].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(5);
    for (const name of used) expect(known).toMatch(new RegExp(`^# ${name}=`, 'm'));
  });
});
