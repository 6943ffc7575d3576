import { join, relative } from 'node:path';
import type { Command } from 'commander';

interface Options {
  readonly to?: string;
}

export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('copy what cannot be made again of a cluster of machines, encrypted to its recipients')
    .argument('[cluster]', 'which (default: the only one that has machines)')
    .option(
      '--to <place>',
      'where backups are kept: a folder, or s3://BUCKET/FOLDER?endpoint=… (default: .keelson/backups)',
    )
    .action(async (name: string | undefined, { to }: Options) => {
      const { backUp, openPlace } = await import('../../stacks/backup/index.js');
      const { choose } = await import('../choose.js');
      const { interruptible } = await import('../interruptible.js');
      const { reachMachines } = await import('../machines-target.js');
      const { ignoringFolder, loadProject, workFolder } = await import('../project.js');
      const project = await loadProject({ environments: 'all', withUser: false });
      const drafts = join(ignoringFolder(workFolder(project.root)), 'backups');
      const { kept, parts, removed } = await interruptible(async (signal) => {
        const options = await reachMachines(project, signal);
        const made = Object.fromEntries(options.clusters.map((one) => [one.name, one]));
        const names = Object.keys(made);
        const cluster = choose('cluster', name ?? (names.length === 1 ? names[0] : undefined), made);
        const { report } = options;
        const place = openPlace(to ?? drafts, { drafts, environment: process.env, report, signal });
        return await backUp(cluster, { ...options, place, now: new Date() });
      });
      const isAway = kept.includes('://');
      // The shell reads "&" and "?" itself.
      const shown = isAway ? `'${kept}'` : relative('', kept) || kept;
      process.stdout.write(
        [
          `Backup of ${parts.length} parts, encrypted: ${shown}`,
          ...(removed.length > 0 ? [`Older ones deleted: ${removed.join(', ')}`] : []),
          `${isAway ? 'What' : 'Keep it where neither the machines nor this one are; what'} opens it: npx keelson restore ${shown} --identity FILE`,
          '',
        ].join('\n'),
      );
    });
}
