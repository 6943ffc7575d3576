import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Who holds a stack's lock, as the engine's error lists them. */
export interface LockHolder {
  readonly user: string;
  readonly host: string;
  readonly process: number;
  readonly since: string;
}

export function lockHolders(text: string): LockHolder[] {
  const found = [...text.matchAll(/created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g)].map(
    ([all, user = '', host = '', pid, since = '']) =>
      [all, { user, host, process: Number(pid), since }] as const,
  );
  return [...new Map(found).values()];
}

/**
 * Whether a lock was left behind by runs that were killed on this machine. Only for state in a local folder: a process
 * number means nothing elsewhere, and machines in CI often share a name.
 */
export function isLeftBehind(text: string): boolean {
  const holders = lockHolders(text);
  return (
    holders.length > 0 &&
    /^\s*file:\/\//m.test(text) &&
    holders.every(
      ({ user, host, process: id }) => user === userInfo().username && host === hostname() && !isAlive(id),
    )
  );
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Locks a stack whose state lies in a folder as the engine does, so that it and every other Keelson heed it.
 *
 * @returns unlocks it
 * @throws in the engine's words where somebody else holds the lock
 */
export function lockInFolder(folder: string, project: string, stack: string): () => void {
  const locks = join(folder, '.pulumi', 'locks', 'organization', project, stack);
  const file = join(locks, `${randomUUID()}.json`);
  refuseOthers(locks, file);
  mkdirSync(locks, { recursive: true });
  // Whole at once, for whoever reads it. Beside the locks: the engine takes each file among them for one.
  const unfinished = join(locks, '..', `.${basename(file)}`);
  const holder = { pid: process.pid, username: userInfo().username, hostname: hostname() };
  writeFileSync(unfinished, JSON.stringify({ ...holder, timestamp: new Date().toISOString() }));
  renameSync(unfinished, file);
  const unlock = () => rmSync(file, { force: true });
  try {
    // Another may have looked at the same moment: then neither has it.
    refuseOthers(locks, file);
  } catch (error) {
    unlock();
    throw error;
  }
  return unlock;
}

function refuseOthers(locks: string, own: string): void {
  const others = filesIn(locks)
    .filter((name) => name.endsWith('.json') && name !== basename(own))
    .flatMap((name) => holderIn(join(locks, name)));
  if (others.length > 0)
    throw new Error([`the stack is currently locked by ${others.length} lock(s)`, ...others].join('\n'));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Nothing where it was unlocked meanwhile. */
function holderIn(file: string): string[] {
  try {
    const { username, hostname: host, pid, timestamp } = JSON.parse(readFileSync(file, 'utf8'));
    return [`  ${pathToFileURL(file).href}: created by ${username}@${host} (pid ${pid}) at ${timestamp}`];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
