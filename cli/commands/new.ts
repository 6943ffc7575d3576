import type { Command } from 'commander';

interface Options {
  readonly domain?: string;
  readonly contact?: string;
  readonly workflows?: string;
}

export function addNew(program: Command): void {
  program
    .command('new')
    .description('start a repository: an application, its tests and its workflows')
    .argument('<name>', 'of the application, and of the folder to make')
    .option('--domain <domain>', 'hosts of production end with it (default: <name>.example.com)')
    .option('--contact <address>', 'whom Let’s Encrypt writes to (default: ops@<domain>)')
    .option('--workflows <owner/repository@commit>', 'call the workflows there (default: copies of them)')
    .action(async (name: string, options: Options) => {
      const { createRepository } = await import('../new/repository.js');
      const files = createRepository({ name, ...options }, process.cwd());
      const lines = [
        ...files.map((file) => `  ${name}/${file}`),
        '',
        'Next:',
        `  cd ${name}`,
        '  git init --initial-branch development',
        '  npm install',
        '  npm test',
        '  npx keelson up',
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}
