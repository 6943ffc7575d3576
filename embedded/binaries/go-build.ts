import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { listed } from '../../lib/config/problem.js';
import type { Report } from '../../lib/progress.js';
import { messageOf } from '../message-of.js';
import { cacheDirectory } from './cache.js';
import { type GoSettings, goEnvironment, goSettings, runGo } from './go-command.js';
import type { GoBinary, GoModule } from './go-modules.js';
import { withLock } from './lock.js';
import { thisPlatform } from './platform.js';

/** Milliseconds between two lines about a build that goes on. */
const REPORT_EVERY = 30_000;

/** Where the committed Go modules are: beside the sources, and in the package beside dist. */
function moduleFolder(name: string): string {
  const candidates = ['../go', '../../../embedded/go'].map((folder) => join(__dirname, folder, name));
  const found = candidates.find((folder) => existsSync(join(folder, 'go.mod')));
  if (!found)
    throw new Error(
      `The Go module ${name} is missing from this package: looked in ${candidates.join(' and ')}`,
    );
  return found;
}

/**
 * Arguments that decide the bytes of a program, and so belong to its key. All Go programs here have those of the
 * compiler in common, so that it compiles what is in several of them once.
 * @param definitions `-X` definitions, such as the version that the program prints
 */
export function buildFlags(definitions: GoModule['definitions'] = {}): string[] {
  const defined = Object.entries(definitions).map(([name, value]) => ` -X ${name}=${value}`);
  // No `-trimpath`: with it, the parts of a module that replaces another version are compiled again.
  const flags = ['-mod=readonly', '-buildvcs=false', '-ldflags', `-s -w${defined.join('')}`];
  // What `-w` leaves out need not be made either: a tenth of the time.
  return [...flags, '-gcflags=all=-dwarf=false'];
}

/** Names what a binary is made of: equal keys, equal programs, on one machine. */
export function buildKey(inputs: {
  goMod: string;
  goSum: string;
  goVersion: string;
  flags: readonly string[];
}): string {
  const { os, architecture } = thisPlatform();
  const parts = [inputs.goMod, inputs.goSum, inputs.goVersion, os, architecture, ...inputs.flags];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

async function place(module: GoModule): Promise<{ folder: string; target: string; go: GoSettings }> {
  const folder = module.folder ?? moduleFolder(module.name);
  const go = await goSettings(folder);
  const [goMod, goSum] = await Promise.all(
    ['go.mod', 'go.sum'].map((file) => readFile(join(folder, file), 'utf8')),
  );
  const key = buildKey({
    goMod: goMod ?? '',
    goSum: goSum ?? '',
    goVersion: go.version,
    flags: buildFlags(module.definitions),
  });
  return { folder, go, target: join(cacheDirectory(), 'bin', `${module.name}-${key}`) };
}

/**
 * The folder that holds `bin/<binary>` for each binary of the module, if it was built before.
 * @throws where Go is absent, as its version is a part of the key
 */
export async function findBuilt(module: GoModule): Promise<string | undefined> {
  const { target } = await place(module);
  return existsSync(target) ? target : undefined;
}

/** What waits in this process for its turn, or has it. */
const waiting = new Set<GoModule>();

/**
 * Builds the module's binaries unless they are there, and returns their folder. Builds take turns, as one alone has use
 * for every processor, and of those that wait the largest is first: what a small one has in common with it costs less
 * there. Downloads do not wait for a turn.
 */
export async function buildFromModule(
  module: GoModule,
  { report, signal }: { report: Report; signal?: AbortSignal },
): Promise<string> {
  const { folder, target, go } = await place(module);
  if (existsSync(target)) return target;
  if (existsSync(go.moduleCache)) await downloadModules(module, folder, signal);
  const onWait = () => report(`Waiting for another build from a Go module (then ${module.name}) …`);
  const building = join(cacheDirectory(), 'building');
  const yields = () => [...waiting].some((other) => other.minutes > module.minutes);
  waiting.add(module);
  return await withLock(building, { onWait, signal, yields }, async () => {
    if (existsSync(target)) return target;
    // Only builds that were killed leave anything here, as the lock is held.
    await rm(building, { recursive: true, force: true });
    const workplace = join(building, String(process.pid));
    try {
      await mkdir(join(workplace, 'result', 'bin'), { recursive: true });
      const { environment, kept } = chooseCaches(go, workplace);
      await buildAll(module, { folder, workplace, environment, report, signal });
      if (kept) {
        report(
          `Go keeps this build's parts in ${go.buildCache} until unused for days, and modules in ${go.moduleCache}`,
        );
      }
      await mkdir(dirname(target), { recursive: true });
      await rename(join(workplace, 'result'), target);
      return target;
    } finally {
      await rm(building, { recursive: true, force: true });
    }
  }).finally(() => waiting.delete(module));
}

/** Fetches what the binaries import, and no more: `go mod download` would fetch all that go.mod names. */
async function downloadModules(module: GoModule, folder: string, signal?: AbortSignal): Promise<void> {
  const packages = module.binaries.map((binary) => binary.package);
  const args = ['list', '-deps', '-mod=readonly', ...packages];
  // What cannot be had is told by the build.
  await runGo(args, { folder, environment: goEnvironment(), signal }).catch(() => undefined);
}

/**
 * Compiling leaves some GB. Who works with Go has caches that exist for that, makes a second build take seconds and are
 * emptied by Go itself; for everybody else the caches live as long as the build.
 */
function chooseCaches(go: GoSettings, workplace: string): { environment: NodeJS.ProcessEnv; kept: boolean } {
  const environment = goEnvironment();
  const kept = existsSync(go.buildCache);
  if (!kept) environment.GOCACHE = join(workplace, 'compiled');
  if (!existsSync(go.moduleCache)) {
    environment.GOMODCACHE = join(workplace, 'modules');
    // Else Go makes the modules read-only, and they could not be removed again.
    environment.GOFLAGS = '-modcacherw';
  }
  return { environment, kept };
}

/** Builds all binaries of a module at once: while one is linked, by one processor, the others are compiled. */
async function buildAll(
  module: GoModule,
  options: {
    folder: string;
    workplace: string;
    environment: NodeJS.ProcessEnv;
    report: Report;
    signal?: AbortSignal;
  },
): Promise<void> {
  const { folder, workplace, environment, report, signal } = options;
  const what = `${listed(module.binaries.map(({ name }) => name))} ${module.version}`;
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  report(`Building ${what} from the Go module ${module.name} (once, about ${minutes(module.minutes)}) …`);
  const timer = setInterval(() => report(`Building ${what}: ${elapsed()} so far`), REPORT_EVERY);
  try {
    const result = join(workplace, 'result', 'bin');
    const packages = module.binaries.map((binary) => binary.package);
    await runGo(['build', ...buildFlags(module.definitions), '-o', `${result}/`, ...packages], {
      folder,
      environment,
      signal,
    });
    for (const binary of module.binaries)
      await rename(join(result, programOf(binary)), join(result, binary.name));
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${what} could not be built in ${folder}: ${messageOf(error)}`);
  } finally {
    clearInterval(timer);
  }
  report(`Built ${what} in ${elapsed()}`);
}

/** What `go build` names a program: by its package's last part that is no major version. */
const programOf = (binary: GoBinary): string => basename(binary.package.replace(/\/v\d+$/, ''));

function minutes(count: number): string {
  return count === 1 ? 'a minute' : `${count} minutes`;
}
