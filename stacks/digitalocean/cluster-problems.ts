import * as v from 'valibot';
import { hostProblem, nameProblem } from '../../lib/config/name.js';
import type { Problem } from '../../lib/config/problem.js';
import { cidrSchema, overlap } from '../../lib/machine/network.js';
import type { ClusterArgs } from './cluster-args.js';
import { SIZES, type SizeTable, SPACES_REGIONS, sizeOf } from './sizes.js';

/** Longest name of a cluster: `keelson-<name>-registry` and `<name>-<machine>` must remain names. */
const LONGEST = 30;
/** MiB. Below, a rebuild of NixOS is killed without a word. @see https://github.com/NixOS/nix/issues/2664 */
const LEAST_MEMORY = 2048;
/** What k3s gives to pods and services. */
const CLUSTER_RANGES = ['10.42.0.0/16', '10.43.0.0/16'];

/** Everything that is wrong with a cluster before anything is asked of DigitalOcean. */
export function clusterProblems(name: string, args: ClusterArgs, table: SizeTable = SIZES): Problem[] {
  const { agents = {}, domains = [], zone, ipRange, servers = 1 } = args;
  const problems: Problem[] = [];
  const add = (where: string, message: string | undefined) => {
    if (message !== undefined) problems.push({ where, message });
  };
  add('name', nameProblem(name, LONGEST));
  for (const agent of Object.keys(agents)) {
    add(`agents.${agent}`, nameProblem(agent, LONGEST));
    if (/^server-\d+$/.test(agent)) add(`agents.${agent}`, 'is the name of a server; choose another');
  }
  if (servers !== 1 && servers !== 3)
    add('servers', `${servers} was given; use 1, or 3, which go on when one of them is lost`);
  if (Object.keys(args.sshKeys).length === 0)
    add('sshKeys', 'is empty: nobody could log in; give { <person>: "ssh-ed25519 AAAA…" }');
  for (const [person, key] of Object.entries(args.sshKeys)) add(`sshKeys.${person}`, keyProblem(key));
  if (args.operatorCidrs.length === 0)
    add('operatorCidrs', 'is empty: nobody could log in; give your own address, such as ["203.0.113.7/32"]');
  args.operatorCidrs.forEach((cidr, index) => {
    add(`operatorCidrs.${index}`, operatorProblem(cidr));
  });
  if (ipRange !== undefined) add('ipRange', rangeProblem(ipRange));
  for (const host of [...domains, ...(zone === undefined ? [] : [zone])]) add('domains', hostProblem(host));
  if (zone !== undefined)
    for (const domain of domains)
      if (domain !== zone && !domain.endsWith(`.${zone}`))
        add('domains', `"${domain}" is not in the zone "${zone}"`);
  if (args.apiHost !== undefined) {
    add('apiHost', hostProblem(args.apiHost));
    if (zone !== undefined && !args.apiHost.endsWith(`.${zone}`))
      add('apiHost', `"${args.apiHost}" is not in the zone "${zone}"`);
  }
  const sizes = { size: args.size, ...mapped(agents, (agent, { size }) => [`agents.${agent}.size`, size]) };
  for (const [where, slug] of Object.entries(sizes)) add(where, memoryProblem(slug, table));
  if (args.dataVolume !== undefined && (!Number.isInteger(args.dataVolume) || args.dataVolume < 1))
    add('dataVolume', `${args.dataVolume} was given; use whole GiB, at least 1`);
  const bucketRegion = args.snapshots ? (args.snapshots.region ?? args.region) : undefined;
  if (bucketRegion !== undefined && !SPACES_REGIONS.includes(bucketRegion))
    add('snapshots.region', `"${bucketRegion}" has no Spaces; allowed: ${SPACES_REGIONS.join(', ')}`);
  return problems;
}

/** What is wrong with a machine's user data, or undefined. @see https://github.com/pulumi/pulumi-digitalocean/issues/99 */
export function userDataProblem(userData: string): string | undefined {
  if (!userData.startsWith('#'))
    return 'does not begin with "#", and DigitalOcean takes no notice of it then; a cloud-config begins with "#cloud-config"';
  const bytes = Buffer.byteLength(userData);
  return bytes > 64 * 1024 ? `has ${bytes} bytes; DigitalOcean takes at most 65536` : undefined;
}

const mapped = <T, R>(record: Readonly<Record<string, T>>, change: (key: string, value: T) => [string, R]) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => change(key, value)));

function keyProblem(key: string): string | undefined {
  if (key.includes('PRIVATE KEY')) return 'is a private key; give the public one, and replace this key';
  return /^((sk-)?(ssh|ecdsa)-[\w@.-]+) [A-Za-z0-9+/]+={0,3}( [^\n\r]*)?$/.test(key.trim())
    ? undefined
    : `${JSON.stringify(key)} is no public key; give one line such as "ssh-ed25519 AAAA… ada@example.com"`;
}

function operatorProblem(cidr: string): string | undefined {
  const [issue] = v.safeParse(cidrSchema, cidr).issues ?? [];
  if (issue) return issue.message;
  return cidr.endsWith('/0')
    ? `"${cidr}" opens SSH to everybody; give the operators' own addresses`
    : undefined;
}

function rangeProblem(range: string): string | undefined {
  const [issue] = v.safeParse(cidrSchema, range).issues ?? [];
  if (issue) return issue.message;
  const taken = CLUSTER_RANGES.find((other) => overlap(range, other));
  return taken && `"${range}" overlaps ${taken}, which k3s gives to pods or services`;
}

function memoryProblem(slug: string | undefined, table: SizeTable): string | undefined {
  const size = slug === undefined ? undefined : sizeOf(slug, table);
  return size && size.memory < LEAST_MEMORY
    ? `"${size.slug}" has ${size.memory} MiB of memory; NixOS needs at least ${LEAST_MEMORY} to rebuild itself`
    : undefined;
}
