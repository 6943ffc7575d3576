import type { FileTree } from '../../lib/machine/tarball.js';
import type { Report } from '../../lib/progress.js';
import type { DeployAllOptions } from '../deploy-all.js';
import type { Verb } from '../deploy-options.js';
import type { SizeTable } from '../digitalocean/sizes.js';
import type { SshMachine } from '../machine/ssh-machine.js';
import type { Progress } from '../progress.js';
import type { ClusterToMake } from './cluster-to-make.js';

/** What a run over clusters needs whose machines Keelson makes. */
export interface ProvisionOptions extends Omit<DeployAllOptions, 'settingsOf' | 'createStack'> {
  readonly clusters: readonly ClusterToMake[];
  /** Leave the machines as they are, and ask their provider nothing. @default false */
  readonly keepMachines?: boolean;
  /** In a destroy: the machines too. @default false */
  readonly destroyMachines?: boolean;
  /** The files of `nixos/`, with the team's flake.lock where it has one. */
  readonly files: FileTree;
  /** File that remembers the machines' host keys. */
  readonly knownHosts: string;
  /** Another way to a machine than its public address. @default none */
  readonly route?: (hostname: string) => Partial<SshMachine>;
  /** @default the dated table */
  readonly sizes?: SizeTable;
  /** Called before each stack of machines. @default nothing is shown */
  readonly machinesProgress?: (stack: string, verb: Verb) => Progress;
  /** Hears what a person must know: prices, outages, records to make. */
  readonly tell: Report;
}
