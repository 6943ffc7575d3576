import * as v from 'valibot';
import type { RunningMachine } from '../digitalocean/cluster-args.js';
import { newSshKeyPair } from './ssh-key-pair.js';

const text = v.pipe(v.string(), v.nonEmpty());

const keysSchema = v.object({
  /** Of the machines' own pair, by which they are configured. */
  publicKey: text,
  privateKey: text,
  /** By which servers and agents join. */
  token: text,
  agentToken: text,
});

const machineSchema = v.object({
  hostname: text,
  role: v.picklist(['server', 'agent']),
  clusterInit: v.boolean(),
  serverAddress: text,
  privateCidr: text,
  dataDevice: v.optional(text),
  address: text,
});

const snapshotsSchema = v.object({
  bucket: text,
  endpoint: text,
  region: text,
  accessKeyId: text,
  secretAccessKey: text,
});

const hostKeysSchema = v.record(v.string(), v.object({ address: text, key: text }));

const configuredSchema = v.record(
  v.string(),
  v.object({
    /** node.json as it is on the machine: an engine has its own mind about null. */
    node: text,
    /** sha256 of the files of `nixos/`, flake.lock among them. */
    files: text,
  }),
);

/** Outputs of a stack of machines: of none of them before its first run, of `keys` alone in the middle of it. */
export const madeSchema = v.object({
  /** Secret. */
  keys: v.optional(keysSchema),
  /** Secret: those in whose place `keys` come, until every machine has these and no longer the former. */
  formerKeys: v.optional(keysSchema),
  machines: v.optional(v.array(machineSchema), []),
  /** Of machines that were configured once, by hostname: what they showed at which address. */
  hostKeys: v.optional(hostKeysSchema, {}),
  /** What machines were last configured with, by hostname; there is no secret in it. */
  configured: v.optional(configuredSchema, {}),
  /** Where the world arrives. */
  address: v.optional(text),
  /** Where etcd's snapshots go; a secret. */
  snapshots: v.optional(snapshotsSchema),
  /** Of a managed cluster; a secret. */
  kubeconfig: v.optional(text),
});

export type Made = v.InferOutput<typeof madeSchema>;
export type MadeMachine = Made['machines'][number];
export type HostKeys = v.InferOutput<typeof hostKeysSchema>;
/** A cluster's own secrets: as long as the cluster, unless they are rotated. */
export type MachineKeys = v.InferOutput<typeof keysSchema>;

/** @param random hexadecimal digits, as many as it likes */
export const newKeys = (cluster: string, random: () => string): MachineKeys => ({
  ...newSshKeyPair(`keelson-${cluster}`),
  token: random(),
  agentToken: random(),
});

/** What the outputs hold of a machine. */
export const outputOf = ({ hostname, role, clusterInit, serverAddress, ...rest }: RunningMachine) => ({
  hostname,
  role,
  clusterInit,
  serverAddress,
  privateCidr: rest.privateCidr,
  dataDevice: rest.dataDevice,
  address: rest.address,
});
