import * as v from 'valibot';
import { k3sPackageSchema } from '../machine/k3s-package.js';
import { cidrSchema } from '../machine/network.js';
import { publicKeySchema } from '../machine/public-key.js';
import { hostSchema, nameSchema } from './name.js';
import type { Problem } from './problem.js';
import { machineCount, STORAGE_CLASSES } from './storage-class.js';

const slug = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]*$/, (issue) => `"${issue.input}" is no slug`),
);
const gibibytes = v.pipe(v.number(), v.integer(), v.gtValue(0));

const operatorSchema = v.pipe(
  cidrSchema,
  v.check(
    (cidr) => !cidr.endsWith('/0'),
    (issue) => `"${issue.input}" opens SSH to everybody; give the operators' own addresses`,
  ),
);

const sharedSchema = v.pipe(
  v.string(),
  v.regex(
    /^(\*|[a-z0-9.-]+(:\d+)?)$/,
    (issue) => `"${issue.input}" is no registry such as "docker.io", nor "*" for every one`,
  ),
);

/** Droplets that become NixOS with k3s: `clusters.<name>.machines`. */
export const machinesSchema = v.object({
  /** Such as `fra1`. It never changes: a machine cannot move. */
  region: slug,
  /** Ranges of addresses from which SSH, and through it the API, is reachable. */
  operatorCidrs: v.pipe(
    v.array(operatorSchema),
    v.minLength(1, 'is empty: nobody could log in; give your own address, such as ["203.0.113.7/32"]'),
  ),
  /** Public keys of those who may log in, by person. */
  sshKeys: v.pipe(
    v.record(nameSchema, publicKeySchema),
    v.minEntries(1, 'is empty: nobody could log in; give { <person>: "ssh-ed25519 AAAA…" }'),
  ),
  /** DNS zone at DigitalOcean that the hosts are made in. @default none: the records are made by hand, elsewhere */
  zone: v.optional(hostSchema),
  /** Make the zone; false where the account has it already. @default true */
  createZone: v.optional(v.boolean(), true),
  /** Of every machine that names none. @default s-2vcpu-4gb */
  size: v.optional(slug, 's-2vcpu-4gb'),
  /** 1, or 3 with etcd on each. @default 1 */
  servers: v.optional(v.picklist([1, 3]), 1),
  /** Further machines for workloads, by name. @default none */
  agents: v.optional(v.record(nameSchema, v.object({ size: v.optional(slug) })), {}),
  /**
   * Where claims go that name no class; they never move. `do-block-storage` brings DigitalOcean's driver, whose API
   * token goes to the cluster's stack, as the secret `digitalocean-block-storage`, key `token`.
   * @default local-path on one machine, do-block-storage on several
   */
  storageClass: v.optional(v.picklist(STORAGE_CLASSES)),
  /**
   * Where the world arrives: at an address that can be moved to another machine, or at a load balancer in front of all.
   * Each has an address of its own. @default reserved-ip
   */
  entry: v.optional(v.picklist(['reserved-ip', 'load-balancer']), 'reserved-ip'),
  /** Host name of the API inside the private network, in the zone. @default `<cluster>-api.<zone>` */
  apiHost: v.optional(hostSchema),
  /** GiB of the first server's volume, where local-path claims lie; it can grow, and never shrink. @default 20 */
  dataVolume: v.optional(gibibytes, 20),
  /** Addresses of the private network; no other one of the account may overlap. @default 10.110.0.0/20 */
  ipRange: v.optional(cidrSchema, '10.110.0.0/20'),
  /** A bucket in Spaces for snapshots of etcd. @default none: they stay on the machine */
  snapshots: v.optional(v.object({ bucket: nameSchema, region: v.optional(slug) })),
  /**
   * Registries whose images the machines give to one another, such as `docker.io`; `*` is every one. What a tag is, is
   * then what a machine has that pulled it before: name images by their digest. @default the cluster's own alone
   */
  sharedRegistries: v.optional(v.array(sharedSchema), []),
  /**
   * Package of k3s in nixpkgs, such as `k3s_1_35`: for a step between those of two releases of Keelson, as no minor may
   * be skipped. @default that of this release
   */
  k3s: v.optional(k3sPackageSchema),
  /** sha256 of the pinned installer of Nix. @default it is trusted for its version and its TLS connection */
  installerSha256: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[0-9a-f]{64}$/, (issue) => `"${issue.input}" is no sha256`),
    ),
  ),
});

const poolSchema = v.object({
  /** @default s-2vcpu-4gb */
  size: v.optional(slug, 's-2vcpu-4gb'),
  /** @default 2 */
  count: v.optional(gibibytes, 2),
});

/** DigitalOcean Kubernetes in the place of machines of one's own: `clusters.<name>.managed`. */
export const managedSchema = v.object({
  /** Such as `fra1`. */
  region: slug,
  /** DigitalOcean's own slug, such as `1.34.1-do.0`; `doctl kubernetes options versions` lists them. */
  version: v.pipe(
    v.string(),
    v.regex(/^\d+\.\d+\.\d+-do\.\d+$/, (issue) => `"${issue.input}" is no version such as "1.34.1-do.0"`),
  ),
  /** The pool that the cluster is made with. @default two of s-2vcpu-4gb */
  nodes: v.optional(poolSchema, {}),
  /** Further pools, by name. @default none */
  pools: v.optional(v.record(nameSchema, poolSchema), {}),
  /** A control plane of several machines; it cannot be taken back. @default false */
  highlyAvailable: v.optional(v.boolean(), false),
});

export type MachinesSettings = v.InferOutput<typeof machinesSchema>;
export type ManagedSettings = v.InferOutput<typeof managedSchema>;

interface MadeCluster {
  readonly machines?: MachinesSettings;
  readonly managed?: ManagedSettings;
  readonly ingress: string;
  readonly backups?: object;
  readonly registry?: { readonly nodeCidrs?: readonly string[] };
}

/** What no single key of a cluster can tell. */
export function madeClusterProblems(
  where: string,
  { machines, managed, ingress, backups, registry }: MadeCluster,
): Problem[] {
  const problems: Problem[] = [];
  if (machines && managed)
    problems.push({
      where: `${where}.managed`,
      message: 'and machines are two ways to have a cluster; remove one',
    });
  const count = machines ? machineCount(machines) : 0;
  const several = machines && count > 1;
  if (several && registry && registry.nodeCidrs === undefined) {
    const ranges = Array.from({ length: count }, (_, index) => `'10.42.${index}.0/32'`).join(', ');
    problems.push({
      where: `${where}.registry.nodeCidrs`,
      message:
        `is missing: ${count} machines pull from the registry, and only the one that it runs on may reach it; give the` +
        ` first address of each one's range of pods, [${ranges}] in a new cluster` +
        ' (kubectl get nodes --output custom-columns=NAME:.metadata.name,PODS:.spec.podCIDR)',
    });
  }
  if (several && machines.zone === undefined)
    problems.push({
      where: `${where}.machines.zone`,
      message: 'is missing: several machines find the API by a name, which is made in a zone at DigitalOcean',
    });
  if (machines && !isIn(machines.zone, machines.apiHost))
    problems.push({
      where: `${where}.machines.apiHost`,
      message: `"${machines.apiHost}" is not in the zone "${machines.zone}", where it would be made; give a name such as "api.${machines.zone}"`,
    });
  if (backups && machines === undefined)
    problems.push({
      where: `${where}.backups`,
      message:
        'are of machines, over SSH, and this cluster has none; remove them, and back it up as its provider says',
    });
  if (managed && ingress === 'k3s')
    problems.push({
      where: `${where}.ingress`,
      message: '"k3s" configures what k3s brings, and a managed cluster is none; set ingress: \'none\'',
    });
  return problems;
}

const isIn = (zone: string | undefined, host: string | undefined): boolean =>
  zone === undefined || host === undefined || host.endsWith(`.${zone}`);
