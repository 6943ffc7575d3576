import type { Command } from 'commander';
import type { DeployVerbOptions } from '../deploy-verb.js';
import { addTargetOptions } from '../target-options.js';

export function addPreview(program: Command): void {
  addTargetOptions(
    program
      .command('preview')
      .description('show what `up` would change, by the real engine; needs no cluster'),
  )
    .argument('[service...]', 'only these services, with nothing of the cluster')
    .option('--deep', 'also all that they use, directly or not')
    .option('--no-machines', 'leave the machines as they are: nothing is asked of their provider')
    .option('--no-cluster', "leave the cluster's own stack out")
    .option('--force-conflicts', 'as an up that takes back what somebody else changed in the cluster')
    .action(async (services: readonly string[], options: DeployVerbOptions) => {
      const { deployVerb } = await import('../deploy-verb.js');
      await deployVerb('preview', { ...options, services });
    });
}
