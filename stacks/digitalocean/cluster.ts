import * as pulumi from '@pulumi/pulumi';
import type { ClusterArgs, RunningMachine } from './cluster-args.js';
import type { ClusterOutputs } from './cluster-outputs.js';
import { planCluster } from './cluster-plan.js';
import { DataVolume } from './data-volume.js';
import { DnsRecords } from './dns-records.js';
import { Machine } from './machine.js';
import { Network } from './network.js';
import { type PriceEstimate, priceText } from './price-estimate.js';
import { digitalocean } from './sdk.js';
import { SnapshotBucket } from './snapshot-bucket.js';
import { SshKeys } from './ssh-keys.js';

/**
 * A k3s cluster on droplets: one server or three, and any number of agents.
 *
 * No ordinary edit replaces a machine. From the first day the API has a name of its own, which leads to every server's
 * private address, so that growing changes no machine that is there.
 *
 * @throws KeelsonError with everything that is wrong, before anything is made.
 * @example
 * new Cluster('main', {
 *   region: 'fra1', zone: 'example.com', domains: ['lunch.example.com'],
 *   operatorCidrs: ['203.0.113.7/32'], sshKeys: { ada: 'ssh-ed25519 AAAA… ada@example.com' },
 *   userData: (machine) => cloudConfig(machine), kubeconfig: ([first]) => fetchKubeconfig(first),
 * });
 */
export class Cluster extends pulumi.ComponentResource implements ClusterOutputs {
  readonly region: string;
  /** The public address of the cluster. */
  readonly address: pulumi.Output<string>;
  /** `https://main-api.example.com:6443`, in the VPC and through SSH only. */
  readonly serverAddress: string;
  readonly servers: readonly RunningMachine[];
  readonly agents: readonly RunningMachine[];
  readonly kubeconfig: pulumi.Output<string>;
  readonly storageClass: string;
  readonly network: Network;
  readonly snapshots: SnapshotBucket | undefined;
  readonly price: PriceEstimate;

  constructor(name: string, args: ClusterArgs, options: pulumi.ComponentResourceOptions = {}) {
    const planned = planCluster(name, args);
    super('keelson:digitalocean:Cluster', name, {}, options);
    const { ReservedIpAssignment } = digitalocean();
    const { region, protect = true } = args;
    const own = { parent: this };
    this.region = region;
    this.serverAddress = planned.serverAddress;
    this.storageClass = planned.storageClass;
    this.price = planned.price;
    for (const warning of planned.warnings) void pulumi.log.warn(warning, this);
    if (pulumi.runtime.isDryRun()) void pulumi.log.info(priceText(this.price), this);

    const keys = new SshKeys(name, args.sshKeys, own);
    this.network = new Network(name, { ...args, protect }, own);
    const machines = planned.machines.map(({ role, size, userData }) => {
      const machine = new Machine(
        role.hostname,
        {
          region,
          size,
          userData,
          sshKeys: [...keys.fingerprints],
          vpcUuid: this.network.vpcUuid,
          tags: [this.network.tag],
          protect: protect && role.role === 'server',
          beforeRemoval: args.beforeRemoval,
          startTimeout: args.startTimeout,
        },
        { ...own, dependsOn: [this.network.firewall] },
      );
      return { ...role, machine, address: machine.address, privateAddress: machine.privateAddress };
    });
    const [first] = machines;
    if (first !== undefined) {
      new DataVolume(
        `${name}-data`,
        { region, size: args.dataVolume, dropletId: first.machine.dropletId, protect },
        own,
      );
      if (this.network.reservedIp !== undefined)
        new ReservedIpAssignment(
          name,
          { ipAddress: this.network.reservedIp, dropletId: first.machine.dropletId },
          { ...own, deleteBeforeReplace: true },
        );
    }
    this.servers = machines.filter(({ role }) => role === 'server');
    this.agents = machines.filter(({ role }) => role === 'agent');
    new DnsRecords(
      `${name}-api`,
      {
        zone: args.zone,
        createZone: args.createZone,
        dependsOn: this.network.dns.domain,
        protect,
        records: this.servers.map(({ hostname, privateAddress }) => ({
          host: planned.apiHost,
          type: 'A' as const,
          value: privateAddress,
          key: hostname,
        })),
      },
      own,
    );
    this.snapshots = args.snapshots && new SnapshotBucket(name, { region, protect, ...args.snapshots }, own);
    this.address = this.network.address;
    this.kubeconfig = pulumi.secret(args.kubeconfig(this.servers));
    // Without values: one that never comes would be told to an engine that is gone, and end the process.
    this.registerOutputs();
  }
}
