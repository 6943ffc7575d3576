import type { Command } from 'commander';
import type { RollbackOptions } from '../rollback/rollback.js';

export function addRollback(program: Command): void {
  program
    .command('rollback')
    .description(
      'take an environment back to what it ran before, as one commit, after showing the difference',
    )
    .argument('<environment>')
    .argument('[service]', 'only the image of this one')
    .option('--to <commit>', 'the commit to go back to (default: the one before the last change)')
    .option('--images-only', "leave the application's files as they are")
    .option('--with-others', "also where the application's files change other environments")
    .option('--yes', 'commit without a question')
    .action(async (environment: string, service: string | undefined, options: RollbackOptions) => {
      const { rollback } = await import('../rollback/rollback.js');
      await rollback({ environment, service }, options);
    });
}
