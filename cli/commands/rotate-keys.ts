import type { Command } from 'commander';

interface Options {
  readonly tokens?: boolean;
  readonly yes?: boolean;
}

export function addRotateKeys(program: Command): void {
  program
    .command('rotate-keys')
    .description('give the machines of a cluster another key of their own; no droplet is touched')
    .argument('[cluster]', 'which (default: the only one that has machines)')
    .option('--tokens', 'also other tokens of k3s, which starts anew on one machine after the other')
    .option('--yes', 'change them without a question')
    .action(async (name: string | undefined, { tokens = false, yes }: Options) => {
      const { rotateKeys } = await import('../../stacks/provision/index.js');
      const { choose } = await import('../choose.js');
      const { confirm } = await import('../confirm.js');
      const { interruptible } = await import('../interruptible.js');
      const { reachMachines } = await import('../machines-target.js');
      const { loadProject } = await import('../project.js');
      const project = await loadProject({ environments: 'all', withUser: false });
      const cluster = await interruptible(async (signal) => {
        const options = await reachMachines(project, signal);
        const made = Object.fromEntries(
          options.clusters.filter(({ settings }) => settings.machines).map((one) => [one.name, one]),
        );
        const names = Object.keys(made);
        const chosen = choose('cluster', name ?? (names.length === 1 ? names[0] : undefined), made);
        const what = tokens ? 'their key and k3s’ tokens' : 'their key';
        if (!yes) await confirm(`Replace ${what} on all machines of ${chosen.name}? [y/N] `, { what });
        await rotateKeys(chosen, { ...options, tokens });
        return chosen.name;
      });
      process.stdout.write(
        [
          `The machines of ${cluster} have another key${tokens ? ', and k3s other tokens' : ''}; the former is in no machine and no state any more.`,
          ...(tokens
            ? [
                'Snapshots from before open with the former token alone, which backups from before hold. Now take a new one: npx keelson backup',
              ]
            : []),
          '',
        ].join('\n'),
      );
    });
}
