import { createHash } from 'node:crypto';
import { didYouMean, KeelsonError, listed, type Problem } from '../../lib/config/problem.js';
import { type NodeSettings, parseNode } from '../../lib/machine/node.js';
import type { Ssh } from './ssh.js';

export interface KeyChange {
  /** Public keys. @default none */
  readonly add?: readonly string[];
  /** Public keys, or their comments. @default none */
  readonly remove?: readonly string[];
}

const body = (key: string): string => key.split(' ').slice(0, 2).join(' ');
const comment = (key: string): string => key.split(' ').slice(2).join(' ');

/**
 * A machine with other keys; applying it is an update like any other, and never touches the droplet.
 *
 * @param fingerprint of the key that the connection uses, as {@link connectionKey} tells it
 * @throws KeelsonError for a key to remove that is not there, and where the connection's own would go.
 */
export function changeKeys(node: NodeSettings, change: KeyChange, fingerprint?: string): NodeSettings {
  const { add = [], remove = [] } = change;
  const matches = (key: string, given: string) =>
    body(key) === body(given) || (comment(key) !== '' && comment(key) === given);
  const problems: Problem[] = remove
    .filter((given) => !node.sshKeys.some((key) => matches(key, given)))
    .map((given) => {
      const names = node.sshKeys.map((key) => comment(key) || body(key));
      return {
        where: 'sshKeys',
        message: `there is no ${JSON.stringify(given)}${didYouMean(given, names) || ';'} there are: ${listed(names)}`,
      };
    });
  if (problems.length > 0) throw new KeelsonError(`Machine "${node.hostname}"`, problems);
  const kept = node.sshKeys.filter((key) => !remove.some((given) => matches(key, given)));
  const added = add.filter((key) => !kept.some((other) => body(other) === body(key)));
  const changed = parseNode({ ...node, sshKeys: [...kept, ...added] });
  requireKey(changed, fingerprint);
  return changed;
}

/**
 * The fingerprint of the key by which the machine lets us in, whichever of a file, an agent or the defaults it is from;
 * undefined where ssh does not say.
 */
export async function connectionKey(ssh: Ssh): Promise<string | undefined> {
  const { stderr } = await ssh.run('true', { what: 'log in', fresh: true, verbose: true });
  return [...stderr.matchAll(/Server accepts key: .* (SHA256:[\w+/]+)/g)].at(-1)?.[1];
}

/** As `ssh-keygen -l` shows it. */
export function fingerprintOf(key: string): string {
  const [, data = ''] = key.split(' ');
  const hash = createHash('sha256').update(Buffer.from(data, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** @throws KeelsonError where the machine would no longer let in who configures it. */
export function requireKey(node: NodeSettings, fingerprint: string | undefined): void {
  if (fingerprint === undefined || node.sshKeys.some((key) => fingerprintOf(key) === fingerprint)) return;
  throw new KeelsonError(`Machine "${node.hostname}"`, [
    {
      where: 'sshKeys',
      message: `lacks the key of this connection (${fingerprint}), which would be the last one: keep it, or connect with another key that stays`,
    },
  ]);
}
