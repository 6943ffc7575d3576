import type { Command } from 'commander';
import type { DeployVerbOptions } from '../deploy-verb.js';
import { addTargetOptions } from '../target-options.js';

export function addUp(program: Command): void {
  addTargetOptions(
    program.command('up').description('make a cluster and its environments what the application says'),
  )
    .option('--no-cluster', "leave the cluster's own stack alone: for an identity that may only deploy")
    .option('--yes', 'apply without a question')
    .action(async (options: DeployVerbOptions) => {
      const { deployVerb } = await import('../deploy-verb.js');
      await deployVerb('up', options);
    });
}
