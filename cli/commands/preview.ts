import type { Command } from 'commander';
import type { DeployVerbOptions } from '../deploy-verb.js';
import { addTargetOptions } from '../target-options.js';

export function addPreview(program: Command): void {
  addTargetOptions(
    program
      .command('preview')
      .description('show what `up` would change, by the real engine; needs no cluster'),
  )
    .option('--no-cluster', "leave the cluster's own stack out")
    .action(async (options: DeployVerbOptions) => {
      const { deployVerb } = await import('../deploy-verb.js');
      await deployVerb('preview', options);
    });
}
