import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Project } from '../project.js';

interface Options {
  readonly identity: string;
  readonly state?: boolean;
  readonly yes?: boolean;
}

export function addRestore(program: Command): void {
  program
    .command('restore')
    .description('make a cluster of machines what it was at the time of a backup')
    .argument('<backup>', 'its folder, or s3://BUCKET/FOLDER/BACKUP?endpoint=…')
    .requiredOption('--identity <file>', 'private key of a recipient, of age or SSH')
    .option('--state', 'only give stacks that have no state the one of the backup')
    .option('--yes', 'restore without a question')
    .action(async (given: string, options: Options) => {
      const { withBackup } = await import('../../stacks/backup/index.js');
      const { interruptible } = await import('../interruptible.js');
      const { ignoringFolder, loadProject, workFolder } = await import('../project.js');
      const { reportToStderr: report } = await import('../target.js');
      const project = await loadProject({ environments: 'all', withUser: false });
      const drafts = join(ignoringFolder(workFolder(project.root)), 'backups');
      await interruptible((signal) =>
        withBackup(given, { drafts, environment: process.env, report, signal }, (folder) =>
          restoreFrom(folder, project, options, signal),
        ),
      );
    });
}

async function restoreFrom(
  folder: string,
  project: Project,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { readBackup, restore, restoreStates } = await import('../../stacks/backup/index.js');
  const { choose } = await import('../choose.js');
  const { confirm } = await import('../confirm.js');
  const { reachMachines } = await import('../machines-target.js');
  const { KeelsonError } = await import('../../lib/config/problem.js');
  const index = await readBackup(folder);
  if (index.application !== project.application.name)
    throw new KeelsonError('The backup', [
      {
        where: 'application',
        message: `is "${index.application}", and this one is "${project.application.name}"`,
      },
    ]);
  const say = (...lines: string[]) => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  const reached = await reachMachines(project, signal);
  const made = Object.fromEntries(reached.clusters.map((one) => [one.name, one]));
  const cluster = choose('cluster', index.cluster, made);
  const all = { ...reached, folder, identity: resolve(options.identity) };
  if (options.state) {
    const { restored, kept } = await restoreStates(cluster, all);
    for (const stack of restored) say(`${stack}: has the state of ${index.made} again`);
    for (const stack of kept) say(`${stack}: has a state, which stays`);
    return;
  }
  say(`Cluster ${cluster.name} becomes what it was at ${index.made}; what was made since is gone.`);
  if (!options.yes)
    await confirm(`Type "${cluster.name}" to restore: `, { expected: cluster.name, what: cluster.name });
  say(...(await restore(cluster, all)));
  say(
    'Restored. What the state of the stacks knows since then is not in the cluster: npx keelson refresh, then up.',
  );
}
