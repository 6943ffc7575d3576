import { type Command, Option } from 'commander';
import { didYouMean, KeelsonError, listed } from '../../lib/config/problem.js';
import { machineFiles } from '../../lib/machine/machine-files.js';
import { userData } from '../../lib/machine/user-data.js';
import { loadApplication } from '../../stacks/application.js';
import { planCluster } from '../../stacks/digitalocean/cluster-plan.js';
import { clustersToMake } from '../../stacks/provision/cluster-to-make.js';
import { nodeOf } from '../../stacks/provision/node-of.js';

interface Options {
  readonly machine: string;
  readonly key?: string;
}

/** Roles as a person says them, and the first machine that has each. */
const FIRST = 'server-1';

export function addUserData(program: Command): void {
  program
    .command('user-data')
    .description("print a new machine's cloud-config, for doctl or the web form; it holds no secret")
    .argument('[cluster]', 'which (default: the only one that has machines)')
    .addOption(new Option('--machine <name>', 'a server (server-1, …) or an agent').default(FIRST))
    .option('--key <public key>', 'lets in who configures it (default: the first of sshKeys)')
    .action(async (cluster: string | undefined, { machine, key }: Options) => {
      const { definition } = await loadApplication(process.cwd());
      const made = clustersToMake(definition, Object.keys(definition.clusters)).filter(
        ({ settings }) => settings.machines,
      );
      const names = made.map(({ name }) => name);
      const chosen = made.find(
        ({ name }) => name === (cluster ?? (names.length === 1 ? names[0] : undefined)),
      );
      const settings = chosen?.settings.machines;
      if (chosen === undefined || settings === undefined)
        throw new KeelsonError('The command', [
          {
            where: 'cluster',
            message: `${cluster === undefined ? 'is missing' : `"${cluster}" has no machines${didYouMean(cluster, names)}`}; those with machines: ${listed(names)}`,
          },
        ]);
      const publicKey = key ?? Object.values(settings.sshKeys)[0] ?? '';
      const print = (text: string): string => {
        process.stdout.write(text);
        return text;
      };
      const texts = new Map<string, () => string>();
      planCluster(chosen.name, {
        ...settings,
        domains: [],
        kubeconfig: () => '',
        userData: (role) => {
          const text = userData(nodeOf(chosen, role, { publicKey }), {
            bootstrapKey: publicKey,
            files: machineFiles(),
            installerSha256: settings.installerSha256,
          });
          texts.set(role.hostname.slice(chosen.name.length + 1), () => print(text));
          return text;
        },
      });
      const found = texts.get(machine);
      if (found === undefined)
        throw new KeelsonError('The command', [
          {
            where: '--machine',
            message: `"${machine}" is none of ${chosen.name}${didYouMean(machine, texts.keys())}; it has: ${listed([...texts.keys()])}`,
          },
        ]);
      found();
    });
}
