import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
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
 * Writes the project. It is made in a workshop beside its place, or in it where that is there already, and moved when it is complete:
 * whatever goes wrong, and whenever the process ends, nothing half is left.
 *
 * @param finish - Does what is left to do, where it is made.
 * @returns What `finish` returns.
 * @throws The system's error, when something cannot be written.
 */
export async function writeProject<Result>(
  project: Project,
  finish: (folder: string) => Result,
): Promise<Result> {
  const { folder, template } = project;
  const isThere = existsSync(folder);
  const around = isThere ? folder : dirname(folder);
  const added = missingFolders(around);
  let workshop: string | undefined;
  const clean = () => {
    if (workshop) rmSync(workshop, { recursive: true, force: true });
    for (const each of added) {
      if (existsSync(each) && readdirSync(each).length === 0) rmdirSync(each);
    }
  };
  process.once('exit', clean);
  try {
    mkdirSync(around, { recursive: true });
    workshop = mkdtempSync(join(around, `.${basename(folder)}-`));
    // A folder in it, since the workshop itself is closed to everybody else.
    const made = join(workshop, basename(folder));
    for (const layer of layersOf(project)) await copyLayer(join(template, layer), made, project);
    for (const [name, text] of Object.entries(settings[project.packageManager])) {
      writeFileSync(join(made, name), text);
    }
    const result = finish(made);
    // A signal that came meanwhile is heard here, for the last time.
    await turn();
    if (!isThere) renameSync(made, folder);
    else for (const name of readdirSync(made)) renameSync(join(made, name), join(folder, name));
    return result;
  } finally {
    process.off('exit', clean);
    clean();
  }
}

/** Folders that have to be made for this one, the innermost first. */
function missingFolders(folder: string): readonly string[] {
  const missing: string[] = [];
  for (let each = folder; !existsSync(each); each = dirname(each)) missing.push(each);
  return missing;
}

async function copyLayer(layer: string, made: string, project: Project): Promise<void> {
  if (!existsSync(layer)) return;
  const { name, packageManager } = project;
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
        .replaceAll('__NICKNAME__', name.replaceAll('.', '-'))
        .replaceAll('__TITLE__', titleOf(name))
        .replaceAll('__RUN__', run)
        .replaceAll('__INSTALL__', install),
    );
    // Signals are heard between two files.
    await turn();
  }
}

/** `my-server` as people write it: My Server. */
const titleOf = (name: string) =>
  name
    .split(/[-._]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
