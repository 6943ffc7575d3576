import type { Command } from 'commander';
import type { DeployVerbOptions } from '../deploy-verb.js';
import { addTargetOptions } from '../target-options.js';

export function addImport(program: Command): void {
  addTargetOptions(
    program
      .command('import')
      .description('hand objects that are in the cluster already to the application that describes them'),
  )
    .argument('<object...>', 'such as shop/Deployment/web or Namespace/shop')
    .action(async (objects: readonly string[], options: DeployVerbOptions) => {
      const { deployVerb } = await import('../deploy-verb.js');
      await deployVerb('import', { ...options, objects });
    });
}
