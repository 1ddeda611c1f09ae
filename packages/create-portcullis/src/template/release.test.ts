import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { variants } from '../choice.js';
import { projectFiles } from './project.js';

const changesets = fileURLToPath(new URL('../../../../.changeset', import.meta.url));

/** What is to be released, and by which step, as the changesets say. */
const steps = readdirSync(changesets)
  .filter((file) => file.endsWith('.md'))
  .map((file) => readFileSync(`${changesets}/${file}`, 'utf8'))
  .flatMap((text) => [...text.matchAll(/^['"]?([^'"\n]+)['"]?: (patch|minor|major)$/gm)])
  .map(([, name = '', step = '']) => ({ name, step }));

it('is released with the packages that a project installs: its ranges would miss their next version', () => {
  const installed = variants.flatMap((variant) => {
    const { dependencies } = JSON.parse(projectFiles(variant).get('package.json') ?? '');
    return Object.keys(dependencies);
  });
  const beyond = steps.filter(({ name, step }) => installed.includes(name) && step !== 'patch');
  const released = steps.some(({ name }) => name === 'create-portcullis');
  expect(
    released ? [] : beyond,
    'these need a changeset of create-portcullis beside theirs',
  ).toEqual([]);
});
