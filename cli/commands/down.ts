import type { Command } from 'commander';

export function addDown(program: Command): void {
  program
    .command('down')
    .description('remove the embedded control plane with everything on it')
    .action(async () => {
      const { findApplication } = await import('../../stacks/application.js');
      const { embeddedAbove, removeEmbedded } = await import('../embedded-target.js');
      const { root } = findApplication(process.cwd());
      const removed = await removeEmbedded(root);
      process.stdout.write(
        removed.length > 0
          ? `Gone, with everything on it: embedded control plane ${removed.join(', ')}.\n`
          : [
              `There is no embedded control plane in ${root}.`,
              ...embeddedAbove(root).map(
                ({ folder, clusters }) =>
                  `In ${folder} there is one (${clusters.join(', ')}); keelson down in that folder removes it.`,
              ),
              '',
            ].join('\n'),
      );
    });
}
