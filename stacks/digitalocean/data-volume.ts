import * as pulumi from '@pulumi/pulumi';
import { replacing } from '../../lib/digitalocean/replacements.js';
import { digitalocean } from './sdk.js';

export interface DataVolumeArgs {
  readonly region: string;
  /** GiB; it can grow, and never shrink. @default 20 */
  readonly size?: number;
  /** The machine that it is attached to. */
  readonly dropletId: pulumi.Input<number>;
  /** @default none */
  readonly tags?: readonly pulumi.Input<string>[];
  /** Refuse to delete or replace the volume. @default true */
  readonly protect?: boolean;
}

/**
 * The disk that outlives a machine: local-path volumes lie on it.
 *
 * @example
 * new DataVolume('main-data', { region: 'fra1', size: 50, dropletId: server.dropletId });
 */
export class DataVolume extends pulumi.ComponentResource {
  readonly volumeId: pulumi.Output<string>;
  /** Where the machine finds it, as node.json's `dataVolume.device` says it. */
  readonly device: string;

  constructor(name: string, args: DataVolumeArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:digitalocean:DataVolume', name, {}, options);
    const { Volume, VolumeAttachment } = digitalocean();
    const { region, size = 20, dropletId, tags = [], protect = true } = args;
    const volume = new Volume(
      name,
      // The machine formats it when it is empty.
      { name, region, size, tags: [...tags] },
      { parent: this, protect, ignoreChanges: replacing('Volume', ['region', 'name']) },
    );
    new VolumeAttachment(
      name,
      { volumeId: volume.id, dropletId },
      // It can be attached to one machine at a time.
      { parent: this, deleteBeforeReplace: true },
    );
    this.volumeId = volume.id;
    this.device = dataVolumeDevice(name);
    this.registerOutputs();
  }
}

/** The path of a volume's disk on its machine, whatever the order in which disks were attached. */
export const dataVolumeDevice = (volume: string): string => `/dev/disk/by-id/scsi-0DO_Volume_${volume}`;
