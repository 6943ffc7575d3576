import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package: with its package.json, its command and what is packed beside the compiled files. */
export function packageFolder(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'bin', 'keelson.js'))) return folder;
    if (folder === dirname(folder)) throw new Error('the command of Keelson is not where it was built');
  }
}
