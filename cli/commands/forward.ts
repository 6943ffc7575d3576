import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { choose } from '../choose.js';

export function addForward(program: Command): void {
  program
    .command('forward')
    .description("lead a port of this machine to a cluster's API by SSH, with an administrator's access")
    .argument('[cluster]', 'which (default: the only one that has machines)')
    .action(async (given: string | undefined) => {
      const { findApplication, loadApplication } = await import('../../stacks/application.js');
      const { interruptible } = await import('../interruptible.js');
      const { withMadeAccess } = await import('../made-access.js');
      const { ignoringFolder, workFolder } = await import('../project.js');
      const { writeKubeconfig } = await import('../../stacks/machine/kubeconfig.js');
      const { root } = findApplication(process.cwd());
      const { clusters } = (await loadApplication(root)).definition;
      const names = Object.keys(clusters).filter((name) => clusters[name]?.machines);
      const name = choose('cluster', given ?? (names.length === 1 ? names[0] : undefined), {
        ...Object.fromEntries(names.map((one) => [one, one])),
      });
      const file = join(ignoringFolder(workFolder(root)), 'access', `${name}-admin.kubeconfig`);
      await interruptible((signal) =>
        withMadeAccess(name, signal, async (access) => {
          mkdirSync(dirname(file), { recursive: true });
          try {
            writeKubeconfig(file, access.content);
            process.stdout.write(
              [
                `Cluster ${name} answers at ${access.server} until Ctrl-C. In another terminal:`,
                `  export KUBECONFIG='${file}'`,
                'Whoever has that file is administrator as long as this runs; it is deleted at the end.',
                '',
              ].join('\n'),
            );
            await ended(access.signal);
          } finally {
            rmSync(file, { force: true });
          }
        }).catch((error: unknown) => {
          // Ctrl-C is how it ends in good order.
          if (!signal.aborted) throw error;
        }),
      );
    });
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
