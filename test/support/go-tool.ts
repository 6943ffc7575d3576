import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cacheDirectory } from '../../embedded/binaries/cache.js';
import { buildFlags, buildKey } from '../../embedded/binaries/go-build.js';
import { goEnvironment, goSettings, runGo } from '../../embedded/binaries/go-command.js';
import { withLock } from '../../embedded/binaries/lock.js';

/** Programs that only tests use: which of the modules in `test/support/go` holds each, and its package there. */
const PROGRAMS = {
  actionlint: { module: 'actionlint', package: 'github.com/rhysd/actionlint/cmd/actionlint' },
  buildctl: { module: 'buildkit', package: 'github.com/moby/buildkit/cmd/buildctl' },
  buildkitd: { module: 'buildkit', package: 'github.com/moby/buildkit/cmd/buildkitd' },
  journal: { module: 'journal', package: '.' },
  'kube-score': { module: 'kube-score', package: 'github.com/zegl/kube-score/cmd/kube-score' },
  versitygw: { module: 'versitygw', package: 'github.com/versity/versitygw/cmd/versitygw' },
} as const;

export type GoProgram = keyof typeof PROGRAMS;

export const GO_PROGRAMS = Object.keys(PROGRAMS) as GoProgram[];

const FLAGS = buildFlags();

export const hasGo = (): boolean => process.platform !== 'win32' && spawnSync('go', ['version']).status === 0;

/** `describe` where there is Go to build `what` with; else it is skipped, and says why. */
export function describeWithGo(what: string): jest.Describe {
  if (hasGo()) return describe;
  console.warn(`skipped: there is no Go to build ${what} with`);
  return describe.skip;
}

/**
 * A program that only tests use, built once from its Go module and kept with the engines.
 *
 * @returns its path
 * @throws where there is no Go, or its modules cannot be had
 */
export async function goTool(program: GoProgram): Promise<string> {
  const { module, package: packagePath } = PROGRAMS[program];
  const folder = resolve(__dirname, 'go', module);
  const { version } = await goSettings(folder);
  const own = (await readdir(folder)).filter((file) => file.endsWith('.go')).sort();
  const [goMod = '', goSum = '', ...sources] = await Promise.all(
    ['go.mod', 'go.sum', ...own].map((file) => readFile(join(folder, file), 'utf8')),
  );
  const key = buildKey({ goMod, goSum, goVersion: version, flags: [...FLAGS, ...sources] });
  const target = join(cacheDirectory(), 'bin', `${module}-${key}`, 'bin', program);
  const onWait = () => process.stderr.write(`Waiting for another process that builds ${program} …\n`);
  return await withLock(`${target}.lock`, { onWait }, async () => {
    if (existsSync(target)) return target;
    process.stderr.write(`Building ${program} from its Go module (once, a minute or two) …\n`);
    const draft = `${target}.${process.pid}`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await runGo(['build', ...FLAGS, '-o', draft, packagePath], { folder, environment: goEnvironment() });
      await rename(draft, target);
    } finally {
      await rm(draft, { force: true });
    }
    return target;
  });
}
