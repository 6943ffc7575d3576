import * as pulumi from '@pulumi/pulumi';
import { digitalocean } from './sdk.js';

export interface RegistryCredentialsArgs {
  /** Name of a registry of the account. */
  readonly registry: pulumi.Input<string>;
  /** Push as well; only for whoever builds images. @default false */
  readonly write?: boolean;
  /** Days until they end; the first run after that makes new ones. @default 365 */
  readonly days?: number;
}

/**
 * Credentials of DigitalOcean's container registry: pulling alone, unless told otherwise.
 *
 * @example
 * new RegistryCredentials('pull', { registry: 'example' }).dockerConfigJson;
 */
export class RegistryCredentials extends pulumi.ComponentResource {
  /** A secret: the value of `.dockerconfigjson`. */
  readonly dockerConfigJson: pulumi.Output<string>;

  constructor(name: string, args: RegistryCredentialsArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:digitalocean:RegistryCredentials', name, {}, options);
    const { ContainerRegistryDockerCredentials } = digitalocean();
    const { registry, write = false, days = 365 } = args;
    const credentials = new ContainerRegistryDockerCredentials(
      name,
      { registryName: registry, write, expirySeconds: days * 24 * 3600 },
      { parent: this },
    );
    this.dockerConfigJson = pulumi.secret(credentials.dockerCredentials);
    this.registerOutputs();
  }
}
