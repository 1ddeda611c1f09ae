import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type Choice, layersOf } from './choice.js';
import { commands, settings } from './package-managers.js';
import { realPath } from './stored-path.js';

/** What is written, and where. */
export interface Project extends Choice {
  /** As in package.json. */
  readonly name: string;
  /** As a path from the root. Empty or not there. */
  readonly folder: string;
  readonly template: string;
}

/**
 * Writes the project. It is made beside its place and moved there when it is complete: whatever goes wrong, and whenever the process
 * ends, nothing half is left.
 *
 * @param finish - Does what is left to do, where it is made.
 * @returns What `finish` returns.
 * @throws The system's error, when something cannot be written.
 */
export function writeProject<Result>(project: Project, finish: (folder: string) => Result): Result {
  const { folder, template } = project;
  mkdirSync(dirname(folder), { recursive: true });
  const workshop = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
  const remove = () => rmSync(workshop, { recursive: true, force: true });
  // A folder in it, since the workshop itself is closed to everybody else.
  const made = join(workshop, basename(folder));
  process.once('exit', remove);
  try {
    mkdirSync(made);
    for (const layer of layersOf(project)) copyLayer(join(template, layer), made, project);
    for (const [name, text] of Object.entries(settings[project.packageManager])) {
      writeFileSync(join(made, name), text);
    }
    const result = finish(made);
    moveTo(made, folder);
    return result;
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function copyLayer(layer: string, made: string, { name, packageManager }: Project): void {
  if (!existsSync(layer)) return;
  const { run, install } = commands[packageManager];
  for (const entry of readdirSync(layer, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(made, realPath(relative(layer, source)));
    mkdirSync(dirname(target), { recursive: true });
    const text = readFileSync(source, 'utf8');
    writeFileSync(
      target,
      text
        .replaceAll('__NAME__', name)
        .replaceAll('__TITLE__', titleOf(name))
        .replaceAll('__RUN__', run)
        .replaceAll('__INSTALL__', install),
    );
  }
}

/** One step where the place is free. In a folder that is there, file by file: it may be the one that somebody is in. */
function moveTo(made: string, folder: string): void {
  if (!existsSync(folder)) {
    renameSync(made, folder);
    return;
  }
  for (const name of readdirSync(made)) {
    // What is there already is a repository.
    if (!existsSync(join(folder, name)))
      cpSync(join(made, name), join(folder, name), { recursive: true });
  }
}

/** `my-server` as people write it: My Server. */
const titleOf = (name: string) =>
  name
    .split(/[-._~]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ')
    .trim();
