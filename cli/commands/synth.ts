import { relative } from 'node:path';
import type { Command } from 'commander';
import { writeManifests } from '../../lib/write.js';
import { loadProject, withMachines } from '../project.js';
import { count, summaryLines } from '../summary.js';

interface Options {
  readonly deep?: boolean;
  readonly setup?: boolean;
  readonly machines?: boolean;
  readonly env?: readonly string[];
  readonly out?: string;
}

export function addSynth(program: Command): void {
  program
    .command('synth')
    .description('write the manifests of every environment and show what they would create')
    .argument('[service...]', 'only these services, with nothing of the cluster')
    .option('--deep', 'also all that they use, directly or not')
    .option('--setup', 'only what is there before any environment: namespaces, definitions, the platform')
    .option('--machines', "also what clusters' machines are made of: to compare folders, not to apply them")
    .option('--env <name...>', 'only these environments and their clusters')
    .option(
      '--out <dir>',
      'folder to write, replaced as a whole (default: dist/manifests, for a part dist/part)',
    )
    .action(
      async (
        services: readonly string[],
        { env, deep = false, setup = false, machines = false, out }: Options,
      ) => {
        const isPart = services.length > 0 || setup;
        const project = await loadProject({
          environments: env ?? 'all',
          withUser: true,
          part: { setup, ...(services.length > 0 && { services, deep }) },
        });
        // A part must not take the place of the whole.
        const folder = out ?? process.env.CDK8S_OUTDIR ?? (isPart ? 'dist/part' : 'dist/manifests');
        const synthesis = machines ? await withMachines(project) : project.synthesis;
        const { directory, files } = writeManifests(synthesis, folder);
        const lines = summaryLines(project.synthesis, Math.min(process.stdout.columns ?? 100, 100));
        const where = relative('', directory) || '.';
        process.stdout.write(`${lines.join('\n')}\n\n${count(files.length, 'file')} in ${where}\n`);
      },
    );
}
