import type { Command } from 'commander';
import type { DeployVerbOptions } from '../deploy-verb.js';
import { addTargetOptions } from '../target-options.js';

export function addRefresh(program: Command): void {
  addTargetOptions(
    program
      .command('refresh')
      .description('show what somebody else changed in the cluster, so that the next `up` mends it'),
  )
    .option('--no-machines', 'leave the machines out: nothing is asked of their provider')
    .action(async (options: DeployVerbOptions) => {
      const { deployVerb } = await import('../deploy-verb.js');
      await deployVerb('refresh', options);
    });
}
