import * as pulumi from '@pulumi/pulumi';
import { KeelsonError } from '../../lib/config/problem.js';
import { replacing } from '../../lib/digitalocean/replacements.js';
import { plainError } from '../plain-error.js';
import { userDataProblem } from './cluster-problems.js';
import { digitalocean } from './sdk.js';

export interface MachineArgs {
  readonly region: string;
  /** @default s-2vcpu-4gb */
  readonly size?: string;
  /** What the machine is made from; NixOS takes its place at the first start. @default ubuntu-22-04-x64 */
  readonly image?: string;
  /** A cloud-config without secrets: everybody on the machine can read it. */
  readonly userData: pulumi.Input<string>;
  /** Fingerprints or ids of keys in the account. */
  readonly sshKeys: pulumi.Input<pulumi.Input<string>[]>;
  readonly vpcUuid: pulumi.Input<string>;
  /** The firewall goes by them. */
  readonly tags: readonly pulumi.Input<string>[];
  /** Refuse to delete or replace the machine. @default true */
  readonly protect?: boolean;
  /**
   * Grow the machine's own disk with its size. That cannot be taken back, so a bigger size could not either.
   * @default false
   */
  readonly resizeDisk?: boolean;
  /** Runs before the machine is deleted: to drain it. Registered in every run, as Pulumi wants it. @default none */
  readonly beforeRemoval?: pulumi.ResourceHook;
  /** How long the droplet may take to start. @default 15m */
  readonly startTimeout?: string;
}

/**
 * A droplet that no ordinary edit replaces: whatever would is ignored once it lives, or refused where ignoring would
 * hide something (its region). Only a change of `size` interrupts it, by a power cycle.
 *
 * @example
 * new Machine('main-server-1', { region: 'fra1', userData, sshKeys, vpcUuid: network.vpcUuid, tags: [network.tag] });
 */
export class Machine extends pulumi.ComponentResource {
  readonly hostname: string;
  /** The droplet's id. */
  readonly dropletId: pulumi.Output<number>;
  /** Its own public address, which ends with it. */
  readonly address: pulumi.Output<string>;
  readonly ipv6Address: pulumi.Output<string>;
  /** In the VPC. */
  readonly privateAddress: pulumi.Output<string>;

  constructor(name: string, args: MachineArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:digitalocean:Machine', name, {}, options);
    const { Droplet } = digitalocean();
    const { protect = true, beforeRemoval, startTimeout = '15m' } = args;
    const droplet = new Droplet(
      name,
      {
        name,
        region: args.region,
        size: args.size ?? 's-2vcpu-4gb',
        image: args.image ?? 'ubuntu-22-04-x64',
        userData: pulumi.output(args.userData).apply((text) => checkedUserData(name, text)),
        sshKeys: args.sshKeys,
        vpcUuid: args.vpcUuid,
        tags: [...args.tags],
        // Off, the bootstrap to NixOS writes a route that fails.
        ipv6: true,
        // DigitalOcean's agents are for Ubuntu; NixOS brings its own.
        monitoring: false,
        dropletAgent: false,
        resizeDisk: args.resizeDisk ?? false,
      },
      {
        parent: this,
        protect,
        // Its region is not ignored: the engine refuses to move a protected machine, and says so.
        ignoreChanges: replacing('Droplet', ['region']),
        customTimeouts: { create: startTimeout },
        ...(beforeRemoval && { hooks: { beforeDelete: [beforeRemoval] } }),
      },
    );
    this.hostname = name;
    this.dropletId = droplet.id.apply(Number);
    this.address = droplet.ipv4Address;
    this.ipv6Address = droplet.ipv6Address;
    this.privateAddress = droplet.ipv4AddressPrivate;
    this.registerOutputs();
  }
}

function checkedUserData(machine: string, userData: string): string {
  const message = userDataProblem(userData);
  if (message === undefined) return userData;
  // Nobody catches what is thrown here: the engine is told as it is.
  throw plainError(new KeelsonError(`Machine "${machine}"`, [{ where: 'userData', message }]));
}
