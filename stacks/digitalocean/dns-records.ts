import * as pulumi from '@pulumi/pulumi';
import { digitalocean } from './sdk.js';

/** A host name and where it leads. */
export interface HostRecord {
  /** Full name, such as `*.lunch.example.com`. */
  readonly host: string;
  readonly type: 'A' | 'AAAA';
  readonly value: pulumi.Input<string>;
  /** Tells records of the same host apart, such as the machine's name. @default none: the host has one */
  readonly key?: string;
}

export interface DnsRecordsArgs {
  /** The zone at DigitalOcean. @default none: nothing is made, and `records` says what is needed */
  readonly zone?: string;
  /** @default true */
  readonly createZone?: boolean;
  /** An existing zone to wait for. @default none */
  readonly dependsOn?: pulumi.Resource;
  readonly records: readonly HostRecord[];
  /** Refuse to delete the zone: the records of others are in it. @default true */
  readonly protect?: boolean;
}

/** Seconds: an address that moved is found again within a minute. */
const TTL = 60;

/** Host names in a zone at DigitalOcean, or a list of what must be made elsewhere. */
export class DnsRecords extends pulumi.ComponentResource {
  /** Every record that is needed, for a DNS elsewhere. */
  readonly records: readonly HostRecord[];
  readonly domain: pulumi.Resource | undefined;

  constructor(name: string, args: DnsRecordsArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:digitalocean:DnsRecords', name, {}, options);
    const { Domain, DnsRecord } = digitalocean();
    const { zone, createZone = true, records, protect = true } = args;
    this.records = records;
    if (zone !== undefined) {
      if (createZone && args.dependsOn === undefined)
        this.domain = new Domain(zone, { name: zone }, { parent: this, protect });
      const needed = args.dependsOn ?? this.domain;
      for (const { host, type, value, key } of records)
        new DnsRecord(
          [host, type, key].filter(Boolean).join('/'),
          { domain: zone, type, name: relativeName(host, zone), value, ttl: TTL },
          { parent: this, ...(needed && { dependsOn: [needed] }) },
        );
    }
    this.registerOutputs();
  }
}

/** `www.lunch.example.com` in `example.com` is `www.lunch`; the zone itself is `@`. */
export const relativeName = (host: string, zone: string): string =>
  host === zone ? '@' : host.slice(0, -zone.length - 1);
