import type { Command } from 'commander';
import type { DeployVerbOptions } from '../deploy-verb.js';
import { addTargetOptions } from '../target-options.js';

export function addUp(program: Command): void {
  addTargetOptions(
    program.command('up').description('make a cluster and its environments what the application says'),
  )
    .argument('[service...]', 'only these services, with nothing of the cluster; all others stay as they are')
    .option('--deep', 'also all that they use, directly or not')
    .option('--force-conflicts', 'take back fields that somebody else changed in the cluster')
    .option('--no-machines', 'leave the machines as they are: nothing is asked of their provider')
    .option('--no-cluster', "leave the cluster's own stack alone: for an identity that may only deploy")
    .option('--yes', 'apply without a question')
    .action(async (services: readonly string[], options: DeployVerbOptions) => {
      const { deployVerb } = await import('../deploy-verb.js');
      await deployVerb('up', { ...options, services });
    });
}
