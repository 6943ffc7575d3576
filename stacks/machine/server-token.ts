import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import type { Report } from '../../lib/progress.js';
import { machineState, ROOT } from './machine-state.js';
import { STALE, sha256 } from './secrets.js';
import { type Ssh, type SshOptions, withSsh } from './ssh.js';
import type { SshMachine } from './ssh-machine.js';

/** A cluster's server token, and the one in whose place it comes. */
export interface TokenChange {
  readonly former: string;
  readonly token: string;
}

/**
 * Gives a cluster another server token: k3s encrypts with it what a joining server needs, on the first server, and all
 * of them have it for their next start. What runs goes on with the former until `applyConfiguration` starts k3s anew,
 * one machine after the other. To be called again after whatever interrupted it.
 *
 * @param servers of the cluster, all that were ever confirmed; the first is asked to change it
 * @throws KeelsonError with nothing changed where one of them does not answer, or its k3s is not ready.
 * @see https://docs.k3s.io/cli/token#k3s-token-rotate
 */
export async function rotateServerToken(
  servers: readonly SshMachine[],
  { former, token }: TokenChange,
  options: SshOptions & { readonly report?: Report } = {},
): Promise<void> {
  const found = await Promise.all(servers.map((server) => withSsh(server, options, tokensOf)));
  const [old, next] = [former, token].map(sha256);
  const isRotated = found.some(({ pushed, own }) => pushed === next || own === next);
  if (!isRotated) await requireReady(servers, options);
  const [first] = servers;
  for (const [index, server] of servers.entries()) {
    const rotates = !isRotated && server === first;
    if (!rotates && found[index]?.pushed !== old) continue;
    await withSsh(server, options, (ssh) => placeToken(ssh, token, rotates));
    if (rotates) options.report?.(`${server.name}: k3s has another server token`);
  }
}

interface Tokens {
  /** sha256 of the token that k3s takes at its next start. */
  readonly pushed?: string;
  /** sha256 of the one that k3s itself wrote down, when it started or when it was rotated there. */
  readonly own?: string;
}

const LOOK = `set -eu
${ROOT}
sum() { sha256sum | cut -d ' ' -f 1; }
pushed=$root/var/lib/keelson/secrets/token
own=$root/var/lib/rancher/k3s/server/token
[ ! -e "$pushed" ] || echo "pushed=$(sum <"$pushed")"
# K10<hash of the authority>::server:<token>
[ ! -e "$own" ] || echo "own=$(sed 's/.*::server://' "$own" | tr -d '\\n' | sum)"`;

async function tokensOf(ssh: Ssh): Promise<Tokens> {
  const { stdout } = await ssh.run(LOOK, { what: 'look at the token' });
  return Object.fromEntries([...stdout.matchAll(/^(\w+)=(\w+)$/gm)].map(([, name, sum]) => [name, sum]));
}

async function requireReady(servers: readonly SshMachine[], options: SshOptions): Promise<void> {
  const states = await Promise.all(
    servers.map((server) => withSsh(server, options, (ssh) => machineState(ssh))),
  );
  const problems = servers.flatMap(({ name }, index): Problem[] =>
    states[index]?.ready
      ? []
      : [{ where: name, message: 'has no k3s that is ready; mend it first: journalctl -u k3s -e' }],
  );
  if (problems.length > 0)
    throw new KeelsonError('Another server token, before which every server has to be ready', problems);
}

/**
 * Puts a token where k3s finds it at its next start; with `rotate` k3s changes its own to that first. Nothing is said
 * in between, so a connection that breaks ends nothing.
 */
export async function placeToken(ssh: Ssh, token: string, rotate: boolean): Promise<void> {
  await ssh.run(place(sha256(token), rotate), { what: rotate ? 'k3s token rotate' : 'token', input: token });
}

/** Starts k3s with the token that it finds. */
export async function restartK3s(ssh: Ssh): Promise<void> {
  const command = `set -eu\n${ROOT}\ntimeout 300 systemctl restart k3s.service\nrm -f "$root/var/lib/keelson/secrets/${STALE}"`;
  await ssh.run(command, { what: 'start k3s anew' });
}

/** k3s takes the new token as an argument only: for a moment the machine's own list of processes has it. */
const place = (sum: string, rotate: boolean): string => `set -eu
${ROOT}
secrets=$root/var/lib/keelson/secrets
umask 077
next=$(mktemp "$secrets/.token-XXXXXX")
trap 'rm -f "$next"' EXIT
cat >"$next"
echo "${sum}  $next" | sha256sum --check --status || { echo 'the token came incomplete' >&2; exit 1; }
${rotate ? 'k3s token rotate --new-token "$(cat "$next")" >/dev/null' : ''}
touch "$secrets/${STALE}"
mv -f "$next" "$secrets/token"
`;
