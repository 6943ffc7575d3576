import type { Command } from 'commander';
import { choose } from '../choose.js';

interface Options {
  readonly machine: string;
  readonly key?: string;
}

export function addUserData(program: Command): void {
  program
    .command('user-data')
    .description("print a new machine's cloud-config, for doctl or the web form; it holds no secret")
    .argument('[cluster]', 'which (default: the only one that has machines)')
    .option('--machine <name>', 'a server (server-1, …) or an agent', 'server-1')
    .option('--key <public key>', 'lets in who configures it (default: the first of sshKeys)')
    .action(async (cluster: string | undefined, { machine, key }: Options) => {
      const { loadApplication } = await import('../../stacks/application.js');
      const { clustersToMake } = await import('../../stacks/provision/cluster-to-make.js');
      const { userDataOf } = await import('../../stacks/provision/user-data-of.js');
      const { definition } = await loadApplication(process.cwd());
      const made = clustersToMake(definition, Object.keys(definition.clusters)).filter(
        ({ settings }) => settings.machines,
      );
      const chosen = choose('cluster', cluster ?? (made.length === 1 ? made[0]?.name : undefined), {
        ...Object.fromEntries(made.map((one) => [one.name, one])),
      });
      process.stdout.write(choose('--machine', machine, userDataOf(chosen, key)));
    });
}
