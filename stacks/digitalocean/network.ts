import * as pulumi from '@pulumi/pulumi';
import { DnsRecords } from './dns-records.js';
import { inboundRules, outboundRules } from './firewall-rules.js';
import { digitalocean } from './sdk.js';

export interface NetworkArgs {
  readonly region: string;
  /** Ranges of addresses from which SSH is reachable. */
  readonly operatorCidrs: readonly string[];
  /** Addresses of the private network; no other VPC of the account may overlap. @default 10.110.0.0/20 */
  readonly ipRange?: string;
  /**
   * Where the world arrives: at a reserved IP, which can be moved to another machine, or at a load balancer over all.
   * @default reserved-ip
   */
  readonly entry?: 'reserved-ip' | 'load-balancer';
  /** The DNS zone, such as `example.com`, at DigitalOcean. @default none: records are made elsewhere, by hand */
  readonly zone?: string;
  /** Make the zone; false where the account has it already. @default true */
  readonly createZone?: boolean;
  /** Names that lead to the entry, each with everything below it, such as `lunch.example.com`. @default none */
  readonly domains?: readonly string[];
  /** Refuse to delete or replace what holds an address. @default true */
  readonly protect?: boolean;
}

export const DEFAULT_IP_RANGE = '10.110.0.0/20';

/**
 * What is there before the first machine: a private network, a firewall that covers machines by their tag, the address
 * that the world knows, and its names.
 *
 * @example
 * new Network('main', { region: 'fra1', operatorCidrs: ['203.0.113.7/32'], zone: 'example.com', domains: ['example.com'] });
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcUuid: pulumi.Output<string>;
  readonly ipRange: pulumi.Output<string>;
  /** Puts a machine behind the firewall and the load balancer. */
  readonly tag: pulumi.Output<string>;
  /** The public address of the cluster. */
  readonly address: pulumi.Output<string>;
  /** To be assigned to a machine; undefined with a load balancer. */
  readonly reservedIp: pulumi.Output<string> | undefined;
  /** To wait for before a machine starts. */
  readonly firewall: pulumi.Resource;
  readonly dns: DnsRecords;

  constructor(name: string, args: NetworkArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:digitalocean:Network', name, {}, options);
    const { Firewall, ReservedIp, Tag, Vpc } = digitalocean();
    const { region, protect = true, domains = [] } = args;
    const own = { parent: this };
    const kept = { parent: this, protect };
    const tag = `keelson-${name}`;

    const vpc = new Vpc(name, { name, region, ipRange: args.ipRange ?? DEFAULT_IP_RANGE }, kept);
    this.vpcUuid = vpc.id;
    this.ipRange = vpc.ipRange;
    this.tag = new Tag(name, { name: tag }, own).id;
    this.firewall = new Firewall(
      name,
      {
        name,
        tags: [this.tag],
        inboundRules: inboundRules(tag, args.operatorCidrs),
        outboundRules: outboundRules(),
      },
      own,
    );
    if (args.entry === 'load-balancer') {
      this.address = this.loadBalancer(name, region, kept).ip;
    } else {
      this.reservedIp = new ReservedIp(name, { region }, kept).ipAddress;
      this.address = this.reservedIp;
    }
    this.dns = new DnsRecords(
      name,
      {
        zone: args.zone,
        createZone: args.createZone,
        protect,
        records: domains.flatMap((domain) =>
          [domain, `*.${domain}`].map((host) => ({ host, type: 'A' as const, value: this.address })),
        ),
      },
      own,
    );
    this.registerOutputs();
  }

  /** It passes TCP on: certificates and HTTP belong to the cluster's own ingress controller. */
  private loadBalancer(name: string, region: string, options: pulumi.CustomResourceOptions) {
    const { LoadBalancer } = digitalocean();
    return new LoadBalancer(
      name,
      {
        name,
        region,
        vpcUuid: this.vpcUuid,
        dropletTag: this.tag,
        forwardingRules: [80, 443].map((port) => ({
          entryProtocol: 'tcp',
          entryPort: port,
          targetProtocol: 'tcp',
          targetPort: port,
        })),
        healthcheck: { protocol: 'tcp', port: 443 },
      },
      options,
    );
  }
}
