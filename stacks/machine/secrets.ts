import { createHash } from 'node:crypto';
import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import type { NodeSettings } from '../../lib/machine/node.js';
import { type FileTree, tarball } from '../../lib/machine/tarball.js';
import { ROOT } from './machine-state.js';
import type { Ssh } from './ssh.js';

/** Secret values of one machine. */
export interface MachineSecrets {
  /** The server token on a server, the agent token on an agent. */
  readonly token: string;
  /** For servers: the token by which agents join. */
  readonly agentToken?: string;
  /** The server token that the cluster had until {@link rotateServerToken}: a server that has it still is given the new. */
  readonly formerToken?: string;
  /** For servers with `snapshots`: the key of the bucket. */
  readonly snapshots?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * The files below /var/lib/keelson/secrets.
 * @throws KeelsonError where values are missing, too many, or no tokens. It quotes none of them.
 */
export function secretFiles(node: NodeSettings, secrets: MachineSecrets): FileTree {
  const { token, agentToken, snapshots } = secrets;
  const server = node.role === 'server';
  const problems: Problem[] = [];
  const wanted = (where: string, given: boolean, needed: boolean, why: string): void => {
    if (given !== needed)
      problems.push({ where, message: `${needed ? 'is missing' : 'is too much'}: ${why}` });
  };
  wanted(
    'agentToken',
    agentToken !== undefined,
    server,
    'servers have both tokens, agents the agent token as "token"',
  );
  wanted(
    'snapshots',
    snapshots !== undefined,
    node.snapshots !== null,
    'the key goes with "snapshots" of node.json',
  );
  const values = {
    token,
    ...(agentToken !== undefined && { agentToken }),
    ...(snapshots && {
      'snapshots.accessKeyId': snapshots.accessKeyId,
      'snapshots.secretAccessKey': snapshots.secretAccessKey,
    }),
  };
  for (const [where, value] of Object.entries(values))
    if (!/^[\x21-\x7e]+$/.test(value))
      problems.push({ where, message: 'is empty, or has spaces, line ends or characters beyond ASCII' });
  if (problems.length > 0) throw new KeelsonError(`The secrets of machine "${node.hostname}"`, problems);
  return {
    token,
    ...(agentToken !== undefined && { 'agent-token': agentToken }),
    ...(snapshots && {
      'snapshots.env': `AWS_ACCESS_KEY_ID=${snapshots.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${snapshots.secretAccessKey}\n`,
    }),
  };
}

const FOLDER = `set -eu
${ROOT}
secrets=$root/var/lib/keelson/secrets
umask 077
mkdir -p "$secrets"
chmod 0700 "$secrets"`;

/** Every name that is ours; other files there are left alone. */
const NAMES = ['token', 'agent-token', 'snapshots.env'];
/** There as long as k3s may run with secrets from before. */
export const STALE = '.stale';

/**
 * Makes the machine's secrets those that are given, through the connection's input. k3s is started anew where it runs,
 * also for secrets whose push was cut off before that.
 *
 * @returns the names of the files that changed
 * @throws KeelsonError where a server would get another token than its cluster was made with.
 */
export async function pushSecrets(
  ssh: Ssh,
  node: NodeSettings,
  secrets: MachineSecrets,
): Promise<readonly string[]> {
  const files = secretFiles(node, secrets);
  const sums = await sumsOf(ssh);
  const changed = Object.entries(files)
    .filter(([name, text]) => sums.get(name) !== sha256(text))
    .map(([name]) => name);
  const surplus = NAMES.filter((name) => sums.has(name) && !(name in files));
  const former = secrets.formerToken === undefined ? undefined : sha256(secrets.formerToken);
  const isAnother = changed.includes('token') && sums.has('token') && sums.get('token') !== former;
  if (isAnother && node.role === 'server') throw anotherToken(node);
  if (changed.length + surplus.length === 0 && !sums.has(STALE)) return [];
  await ssh.run(receive(changed, surplus), {
    what: 'secrets',
    input: tarball(Object.fromEntries(Object.entries(files).filter(([name]) => changed.includes(name)))),
  });
  return [...changed, ...surplus];
}

async function sumsOf(ssh: Ssh): Promise<ReadonlyMap<string, string>> {
  const list = `${FOLDER}\ncd "$secrets"\nfor f in ${[...NAMES, STALE].join(' ')}; do [ ! -e "$f" ] || sha256sum "$f"; done`;
  const { stdout } = await ssh.run(list, { what: 'secrets' });
  return new Map(
    [...stdout.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map(([, sum = '', name = '']) => [name, sum]),
  );
}

/** Each file is replaced in one step. k3s waits for all of them, so the token comes last. */
const receive = (changed: readonly string[], surplus: readonly string[]): string => `${FOLDER}
new=$(mktemp -d "$secrets/.new-XXXXXX")
trap 'rm -rf "$new"' EXIT
tar -xo -C "$new"
find "$new" -type f -exec chmod 0600 {} +
touch "$secrets/${STALE}"
for file in ${[...changed].sort().join(' ')}; do mv -f "$new/$file" "$secrets/$file"; done
${surplus.map((file) => `rm -f "$secrets/${file}"`).join('\n')}
timeout 300 systemctl try-restart k3s.service
rm -f "$secrets/${STALE}"
`;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const anotherToken = (node: NodeSettings): KeelsonError =>
  new KeelsonError(`The secrets of machine "${node.hostname}"`, [
    {
      where: 'token',
      message:
        'is another than the machine has: k3s would not start with it, because the cluster’s own data is encrypted with the first. Give the one it was made with; to have another one: keelson rotate-keys --tokens, or rotateServerToken() in a program of your own',
    },
  ]);
