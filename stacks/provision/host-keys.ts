import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HostKeys, Made } from './made-machines.js';

/*
 * Host keys are learnt at the first contact, and from then on kept in the state of the machines, which whoever configures
 * them can open. The known_hosts of a checkout is written from there, so that a colleague or CI trusts what was learnt
 * and nobody else.
 *
 * A comment in the file says which key came from the state. So a key that a person forgets (`ssh-keygen -R` leaves
 * comments alone) is not brought back, but learnt anew.
 */

const MARK = '# Keelson keeps in the state:';

/** Makes the file know what the state does. */
export function writeKnownHosts(
  file: string,
  { machines, hostKeys }: Pick<Made, 'machines' | 'hostKeys'>,
): void {
  const before = linesOf(file);
  let lines = before;
  for (const { hostname, address } of machines) {
    const isOwn = (line: string) =>
      [hostname, `${MARK} ${hostname}`].some((start) => line.startsWith(`${start} `));
    const others = lines.filter((line) => !isOwn(line));
    lines = [...others, ...agreed(hostname, address, lines.filter(isOwn), hostKeys[hostname])];
  }
  if (lines.join('\n') === before.join('\n')) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
}

/** Lines of one machine: what the file has of it, unless the state knows better. */
function agreed(
  hostname: string,
  address: string,
  lines: readonly string[],
  kept: HostKeys[string] | undefined,
): readonly string[] {
  if (kept === undefined) return lines;
  const entry = `${hostname} ${kept.key}`;
  const mark = `${MARK} ${entry}`;
  // A droplet that was made anew has another address, and another key: that of the one before is forgotten.
  if (kept.address !== address) return lines.filter((line) => !line.startsWith(MARK) && line !== entry);
  // What was forgotten or learnt here since then counts: the state hears of it once the run went well.
  return lines.includes(mark) ? lines : [entry, mark];
}

/** What the state is to keep: keys that the file has of machines that were configured. */
export function learntHostKeys(
  file: string,
  { machines, hostKeys }: Pick<Made, 'machines' | 'hostKeys'>,
): HostKeys {
  const lines = linesOf(file);
  return Object.fromEntries(
    machines.flatMap(({ hostname, address }) => {
      const line = lines.find((one) => one.startsWith(`${hostname} `));
      if (line !== undefined) return [[hostname, { address, key: line.slice(hostname.length + 1) }]];
      const kept = hostKeys[hostname];
      return kept === undefined ? [] : [[hostname, kept]];
    }),
  );
}

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
