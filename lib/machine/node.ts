import * as v from 'valibot';
import { hostSchema, nameSchema } from '../config/name.js';
import { parse } from '../config/parse.js';
import { KeelsonError } from '../config/problem.js';
import { machine } from '../config/versions.js';
import { k3sPackageSchema } from './k3s-package.js';
import { cidrSchema } from './network.js';
import { nodeProblems } from './node-problems.js';
import { publicKeySchema } from './public-key.js';

const positive = v.pipe(v.number(), v.integer(), v.gtValue(0));
const absolutePath = v.pipe(v.string(), v.regex(/^\/[\w./-]+$/, 'is no absolute path without spaces'));
const text = v.pipe(v.string(), v.nonEmpty('is empty'));

const serverAddressSchema = v.pipe(
  v.string(),
  v.regex(
    /^https:\/\/[a-z0-9.-]+:\d+$/,
    (issue) =>
      `${JSON.stringify(issue.input)} is no address of an API; give one such as "https://api.example.com:6443"`,
  ),
);

const registriesSchema = v.object({
  /** By the registry's name as images say it. */
  mirrors: v.optional(v.record(v.string(), v.object({ endpoint: v.optional(v.array(v.string())) })), {}),
  /** By the host and port that is connected to. Credentials are not written here: pods name image pull secrets. */
  configs: v.optional(v.record(v.string(), v.object({ tls: v.object({ ca_file: absolutePath }) })), {}),
});

const snapshotsSchema = v.object({
  bucket: text,
  /** Host of the object store, such as `fra1.digitaloceanspaces.com`. */
  endpoint: hostSchema,
  region: text,
  /** One folder a cluster. */
  folder: text,
  /** As cron says it, in UTC. @default every 6 hours */
  schedule: v.optional(
    v.pipe(v.string(), v.regex(/^(\S+ ){4}\S+$/, 'is no cron schedule of five fields')),
    '0 */6 * * *',
  ),
  /** Snapshots kept per server. @default 28: a week of them */
  retention: v.optional(positive, 28),
});

const nodeSchema = v.object({
  /** Name of the machine and of its Kubernetes node. */
  hostname: nameSchema,
  /** `server`: control plane and workloads; `agent`: workloads only. */
  role: v.picklist(['server', 'agent']),
  /** Begins a cluster, with embedded etcd. @default true for a server without `serverAddress` */
  clusterInit: v.optional(v.boolean()),
  /** The API that it joins, under a name that outlives every machine. @default null: it joins none */
  serverAddress: v.optional(v.nullable(serverAddressSchema), null),
  /** Further names and addresses in the API's certificate. @default none */
  tlsSans: v.optional(v.array(v.union([hostSchema, v.pipe(v.string(), v.ip())])), []),
  /** Public keys that may log in as root. */
  sshKeys: v.pipe(v.array(publicKeySchema), v.minLength(1, 'is empty: nobody could log in')),
  /**
   * Ranges of addresses that the machine's own firewall lets in to SSH. Where a provider's firewall filters already, all
   * of them: an address that changes would be shut out by the machine that is to be told of it.
   */
  operatorCidrs: v.pipe(v.array(cidrSchema), v.minLength(1, 'is empty: nobody could log in')),
  privateNetwork: v.object({
    /** The machine's end of it. @default eth1, as droplets have it */
    interface: v.optional(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]*$/, 'is no interface')), 'eth1'),
    /** The VPC's range. */
    cidr: cidrSchema,
  }),
  /** How pods of different machines reach each other; the same on all. @default vxlan: the VPC is private already */
  flannelBackend: v.optional(v.picklist(['vxlan', 'wireguard-native']), 'vxlan'),
  /** Components of k3s that are not installed; the same on all servers. @default none */
  disabledComponents: v.optional(
    v.array(v.picklist(['coredns', 'local-storage', 'metrics-server', 'runtimes', 'servicelb', 'traefik'])),
    [],
  ),
  /**
   * The class that claims get which name none; the same on all servers. Where it is another than k3s' own, k3s does not
   * install that one, and one that is there already is no default any more. @default local-path
   */
  storageClass: v.optional(nameSchema, 'local-path'),
  /** Labels of the Kubernetes node. @default none */
  nodeLabels: v.optional(v.record(v.string(), v.string()), {}),
  /** What `registriesConfiguration` returns. @default images come from where their names say */
  registries: v.optional(registriesSchema, {}),
  /** Where snapshots of etcd go, for servers. @default null: they stay on the machine */
  snapshots: v.optional(v.nullable(snapshotsSchema), null),
  /** The volume of local-path claims. @default null: they lie on the machine's own disk and end with it */
  dataVolume: v.optional(
    v.nullable(
      v.object({
        /** Such as `/dev/disk/by-id/scsi-0DO_Volume_NAME`. */
        device: v.pipe(
          v.string(),
          v.regex(
            /^\/dev\/disk\/by-id\/[\w.:-]+$/,
            'is no name below /dev/disk/by-id, which survives reboots',
          ),
        ),
        /** @default /data */
        mountPoint: v.optional(absolutePath, '/data'),
      }),
    ),
    null,
  ),
  /** What pods do not get. */
  reservations: v.optional(
    v.object({
      /** Thousandths of a core. @default 200 on a server, 100 on an agent */
      cpuMillis: v.optional(positive),
      /** MiB. @default 1024 on a server, 300 on an agent */
      memoryMiB: v.optional(positive),
    }),
    {},
  ),
  versions: v.optional(
    v.object({
      /** Channel of nixpkgs. @default that of `lib/config/versions.ts` */
      nixos: v.optional(
        v.pipe(v.string(), v.regex(/^nixos-\d\d\.\d\d(-small)?$/, 'is no channel of a release')),
        machine.nixosChannel,
      ),
      /** Package of k3s in nixpkgs. @default that of `lib/config/versions.ts` */
      k3s: v.optional(k3sPackageSchema, machine.k3s),
    }),
    {},
  ),
  /**
   * The release that the machine's state began with. It never changes, not with an upgrade either.
   * @default 26.05, for every machine that Keelson makes
   * @see https://nixos.org/manual/nixos/stable/options#opt-system.stateVersion
   */
  stateVersion: v.optional(v.pipe(v.string(), v.regex(/^\d\d\.\d\d$/, 'is no release')), '26.05'),
});

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;
type Parsed = Immutable<v.InferOutput<typeof nodeSchema>>;

export type NodeInput = Immutable<v.InferInput<typeof nodeSchema>>;

/** What node.json holds: one machine, with every default written out. It holds no secret, ever. */
export interface NodeSettings extends Omit<Parsed, 'clusterInit' | 'reservations'> {
  readonly clusterInit: boolean;
  readonly reservations: { readonly cpuMillis: number; readonly memoryMiB: number };
}

/**
 * k3s' own measurement is 1,606 MB for a server under load and 275 MB for an agent; a server's share is less here, for
 * two pods must fit beside it on 4 GiB.
 * @see https://docs.k3s.io/reference/resource-profiling
 */
const RESERVATIONS = {
  server: { cpuMillis: 200, memoryMiB: 1024 },
  agent: { cpuMillis: 100, memoryMiB: 300 },
} as const;

/**
 * A checked machine from an unknown value.
 *
 * @example
 * parseNode({
 *   hostname: 'main-1', role: 'server', sshKeys: ['ssh-ed25519 AAAA… ada'], operatorCidrs: ['192.0.2.7/32'],
 *   privateNetwork: { cidr: '10.110.0.0/20' },
 * });
 * @throws KeelsonError with all problems at once.
 */
export function parseNode(input: unknown): NodeSettings {
  const subject = `Machine ${JSON.stringify((input as { hostname?: unknown } | null)?.hostname ?? '(unnamed)')}`;
  const parsed = parse(nodeSchema, input, subject);
  const node: NodeSettings = {
    ...parsed,
    clusterInit: parsed.clusterInit ?? (parsed.role === 'server' && parsed.serverAddress === null),
    reservations: { ...RESERVATIONS[parsed.role], ...parsed.reservations },
  };
  const problems = nodeProblems(node);
  if (problems.length > 0) throw new KeelsonError(subject, problems);
  return node;
}

/** The contents of node.json. */
export const nodeJson = (node: NodeSettings): string => `${JSON.stringify(node, null, 2)}\n`;
