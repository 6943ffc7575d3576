import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export interface Diagnostic {
  /** The rule's name without its group: `noRestrictedImports`. */
  readonly rule: string;
  readonly message: string;
  /** `/` between folders on every platform. */
  readonly path: string;
}

/** What `biome lint` finds in a folder that holds a biome.json. */
export function lint(folder: string, ...options: string[]): readonly Diagnostic[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      resolve('node_modules/@biomejs/biome/bin/biome'),
      'lint',
      '--reporter=json',
      '--max-diagnostics=none',
      ...options,
      '.',
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 },
  );
  if (!stdout.startsWith('{')) throw new Error(`biome lint gave no report:\n${stdout}${stderr}`);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; message: string; location: { path: string } }[];
  };
  return diagnostics.map(({ category, message, location }) => ({
    rule: category.split('/').at(-1) ?? category,
    message,
    path: location.path.replaceAll('\\', '/'),
  }));
}
