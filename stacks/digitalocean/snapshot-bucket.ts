import * as pulumi from '@pulumi/pulumi';
import { digitalocean } from './sdk.js';

export interface SnapshotBucketArgs {
  /** Unique in the whole region, of everybody's. */
  readonly bucket: string;
  readonly region: string;
  /** Days after which a snapshot is deleted. @default 30 */
  readonly days?: number;
  /**
   * A provider with Spaces credentials that may make buckets.
   * @default one with a key of full access, which the API token makes and the state keeps encrypted
   */
  readonly owner?: pulumi.ProviderResource;
  /** Refuse to delete the bucket. @default true */
  readonly protect?: boolean;
}

/**
 * A bucket in Spaces and a key that reads and writes this bucket alone: the servers' snapshots of etcd go there.
 *
 * @example
 * new SnapshotBucket('main', { bucket: 'example-main-snapshots', region: 'fra1' });
 */
export class SnapshotBucket extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly region: string;
  /** `fra1.digitaloceanspaces.com`. */
  readonly endpoint: string;
  readonly accessKey: pulumi.Output<string>;
  readonly secretKey: pulumi.Output<string>;

  constructor(name: string, args: SnapshotBucketArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:digitalocean:SnapshotBucket', name, {}, options);
    const { SpacesBucket, SpacesKey } = digitalocean();
    const { region, days = 30, protect = true } = args;
    const bucket = new SpacesBucket(
      name,
      {
        name: args.bucket,
        region,
        acl: 'private',
        lifecycleRules: [{ enabled: true, expiration: { days }, abortIncompleteMultipartUploadDays: 1 }],
      },
      { parent: this, protect, provider: args.owner ?? this.owner(name) },
    );
    const key = new SpacesKey(
      `${name}-snapshots`,
      { name: `${name}-snapshots`, grants: [{ bucket: bucket.name, permission: 'readwrite' }] },
      { parent: this },
    );
    this.bucket = bucket.name;
    this.region = region;
    this.endpoint = `${region}.digitaloceanspaces.com`;
    this.accessKey = key.accessKey;
    this.secretKey = pulumi.secret(key.secretKey);
    this.registerOutputs();
  }

  /** Making a bucket needs a Spaces key of full access; no narrower grant can. */
  private owner(name: string): pulumi.ProviderResource {
    const { Provider, SpacesKey } = digitalocean();
    const key = new SpacesKey(
      `${name}-buckets`,
      { name: `${name}-buckets`, grants: [{ bucket: '', permission: 'fullaccess' }] },
      { parent: this },
    );
    return new Provider(
      `${name}-spaces`,
      { spacesAccessId: key.accessKey, spacesSecretKey: pulumi.secret(key.secretKey) },
      { parent: this },
    );
  }
}
