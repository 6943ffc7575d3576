import * as pulumi from '@pulumi/pulumi';
import { digitalocean } from './sdk.js';

/**
 * The team's public keys in the account, for machines to be born with. Day-2 changes go to the machines over SSH: a
 * living machine ignores them, so that a new colleague replaces nothing.
 */
export class SshKeys extends pulumi.ComponentResource {
  readonly fingerprints: readonly pulumi.Output<string>[];

  /** @param keys public keys by the person's name */
  constructor(
    name: string,
    keys: Readonly<Record<string, string>>,
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super('keelson:digitalocean:SshKeys', name, {}, options);
    const { SshKey } = digitalocean();
    this.fingerprints = Object.entries(keys).map(([person, publicKey]) => {
      const keyName = `${name}-${person}`;
      return new SshKey(keyName, { name: keyName, publicKey: publicKey.trim() }, { parent: this })
        .fingerprint;
    });
    this.registerOutputs();
  }
}
