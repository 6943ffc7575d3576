import { hostname, userInfo } from 'node:os';

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
