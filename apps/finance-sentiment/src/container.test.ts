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

  it('passes on every variable but those that the image sets or that name files', () => {
    const known = [...read('.env.example').matchAll(/^# ([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    const service = /finance:\n(.+?)\n {2}database:/s.exec(compose)?.[1] ?? '';
    const passed = [...service.matchAll(/^ {6}([A-Z0-9_]+): (.+)$/gm)];
    const own = ['HOST', 'PORT', 'DATA_DIR', 'CLIENTS_FILE', 'SENTIMENT_ENGINE', 'MODEL_DIR'];
    const names = passed.map(([, name]) => name);
    expect([...names, ...own].sort()).toEqual(known.sort());
    // Left out, each is empty, which counts as unset.
    for (const [, name = '', value] of passed) {
      if (!/^(PUBLIC_URL|DATABASE_URL|AUDIT_LOG)$/.test(name)) expect(value).toBe(`\${${name}:-}`);
    }
  });
});
