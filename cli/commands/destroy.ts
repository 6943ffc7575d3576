import type { Command } from 'commander';
import type { DeployVerbOptions } from '../deploy-verb.js';
import { addTargetOptions } from '../target-options.js';

export function addDestroy(program: Command): void {
  addTargetOptions(
    program.command('destroy').description('delete what environments have in their namespaces'),
  )
    .argument('[service...]', 'only what these services have for themselves')
    .option('--cluster', 'delete what the cluster itself has as well: namespaces, cert-manager, definitions')
    .option('--machines', 'delete the machines as well, with everything on them; implies --cluster')
    .option('--yes', 'delete without a question; where data goes, only with --delete-data')
    .option('--delete-data', 'do not ask again where data goes: claims, volumes, namespaces, definitions')
    .action(async (services: readonly string[], options: DeployVerbOptions) => {
      const { deployVerb } = await import('../deploy-verb.js');
      await deployVerb('destroy', { ...options, services });
    });
}
