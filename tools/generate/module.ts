import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from './sources.js';

const SUMS = join(__dirname, 'sources.sum');

interface Download {
  readonly Dir: string;
  readonly Sum: string;
}

/**
 * The folder of a module's files, downloaded through the ordinary Go client.
 *
 * Its checksum must be the one in `sources.sum`; a version that is not listed there yet is added, as `go` itself does
 * with `go.sum`. The modules are not requirements of our own go.mod, because their dependencies contradict each other.
 *
 * @throws where the module cannot be downloaded or its checksum is another one.
 */
export function moduleDirectory(source: Source): string {
  const { Dir, Sum } = download(`${source.module}@${source.version}`);
  const lines = existsSync(SUMS) ? readFileSync(SUMS, 'utf8').split('\n').filter(Boolean) : [];
  const entry = `${source.module} ${source.version} `;
  const known = lines.find((line) => line.startsWith(entry));
  if (known === undefined) {
    writeFileSync(SUMS, `${[...lines, entry + Sum].sort().join('\n')}\n`);
    console.error(`added to ${SUMS}: ${entry}${Sum}`);
  } else if (known !== entry + Sum) {
    throw new Error(
      `${SUMS}: ${source.module} ${source.version} is listed with ${known.slice(entry.length)}, but ${Sum} was served. ` +
        'A published version never changes: find out which of the two is forged before you touch the list.',
    );
  }
  return Dir;
}

function download(reference: string): Download {
  const output = execFileSync('go', ['mod', 'download', '-json', reference], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off' },
  });
  return JSON.parse(output) as Download;
}
