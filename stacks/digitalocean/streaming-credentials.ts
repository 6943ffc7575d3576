import * as pulumi from '@pulumi/pulumi';
import { digitalocean } from './sdk.js';

/** What a user may do with topics of a name, or of names with a pattern such as `orders-*`. */
export interface TopicGrant {
  readonly topic: string;
  readonly permission: 'consume' | 'produce' | 'produceconsume';
}

export interface StreamingCredentialsArgs {
  /** Id of the managed Kafka cluster. */
  readonly clusterId: pulumi.Input<string>;
  /** @default the component's name */
  readonly user?: string;
  /** Nothing else is allowed. */
  readonly grants: readonly TopicGrant[];
}

/**
 * A user of managed Kafka that may do what its grants say, and no more: one for each service.
 *
 * @example
 * new StreamingCredentials('orders', { clusterId, grants: [{ topic: 'orders', permission: 'produce' }] });
 */
export class StreamingCredentials extends pulumi.ComponentResource {
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: StreamingCredentialsArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:digitalocean:StreamingCredentials', name, {}, options);
    const { DatabaseUser } = digitalocean();
    const user = new DatabaseUser(
      name,
      {
        clusterId: args.clusterId,
        name: args.user ?? name,
        settings: [{ acls: args.grants.map(({ topic, permission }) => ({ topic, permission })) }],
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.user = user.name;
    this.password = pulumi.secret(user.password);
    this.registerOutputs();
  }
}
