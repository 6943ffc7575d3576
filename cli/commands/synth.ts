import { relative } from 'node:path';
import type { Command } from 'commander';
import { writeManifests } from '../../lib/write.js';
import { loadProject } from '../project.js';
import { summaryLines } from '../summary.js';

interface Options {
  readonly env?: readonly string[];
  readonly out?: string;
}

export function addSynth(program: Command): void {
  program
    .command('synth')
    .description('write the manifests of every environment and show what they would create')
    .option('--env <name...>', 'only these environments and their clusters')
    .option('--out <dir>', 'folder to write, replaced as a whole (default: dist/manifests)')
    .action(async ({ env, out = process.env.CDK8S_OUTDIR ?? 'dist/manifests' }: Options) => {
      const { synthesis } = await loadProject({ environments: env ?? 'all', withUser: true });
      const { directory, files } = writeManifests(synthesis, out);
      const lines = summaryLines(synthesis, Math.min(process.stdout.columns ?? 100, 100));
      const where = relative('', directory) || '.';
      process.stdout.write(`${lines.join('\n')}\n\n${files.length} files in ${where}\n`);
    });
}
