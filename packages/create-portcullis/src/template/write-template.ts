import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { storedPath } from '../stored-path.js';
import { inLayers } from './layers.js';
import { projectFiles } from './project.js';

/** Writes the template of every variant, in place of what is there. @throws {Error} when the app does not fit. */
export async function writeTemplate(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of inLayers(projectFiles)) {
    const target = join(folder, storedPath(path));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
