import { extname, relative } from 'node:path';
import { type Command, Option } from 'commander';
import { KeelsonError, listed } from '../../lib/config/problem.js';
import type { Graph } from '../../lib/graph/graph.js';
import { graphOf } from '../../lib/graph/graph-of.js';
import { loadApplication } from '../../stacks/application.js';
import { writeOutput } from '../output-file.js';
import { currentUser } from '../user.js';

/** How each form is made; what makes it is loaded when it is wanted. */
const FORMATS = {
  html: async (graph: Graph) => (await import('../../lib/graph/html.js')).graphHtml(graph),
  mermaid: async (graph: Graph) => (await import('../../lib/graph/mermaid.js')).graphMermaid(graph),
  json: async (graph: Graph) => (await import('../../lib/graph/json.js')).graphJson(graph),
};
type Format = keyof typeof FORMATS;

/** What a file's name says of its form. */
const SUFFIXES: Readonly<Record<string, Format>> = {
  '.html': 'html',
  '.htm': 'html',
  '.json': 'json',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
};

/** The page is for a browser, so it goes to a file; the others are text for other programs, so they go to them. */
const PAGE = 'dist/graph.html';

interface Options {
  readonly deep?: boolean;
  readonly env?: readonly string[];
  readonly format?: Format;
  readonly out?: string;
}

export function addGraph(program: Command): void {
  program
    .command('graph')
    .description('draw what uses what: one page for a browser, or Mermaid or JSON on standard output')
    .argument('[service...]', 'only these services and what they use')
    .option('--deep', 'also what that uses in turn')
    .option('--env <name...>', 'only these environments')
    .addOption(
      new Option(
        '--format <format>',
        'the form of the graph (default: what the name of --out says, else html)',
      ).choices(Object.keys(FORMATS)),
    )
    .option('--out <file>', `file to write, "-" for standard output (default: ${PAGE} for html, else "-")`)
    .action(
      async (services: readonly string[], { deep = false, env, out, format = formatOf(out) }: Options) => {
        const application = await loadApplication(process.cwd());
        const graph = graphOf(application, {
          user: currentUser(),
          ...(env && { environments: env }),
          ...(services.length > 0 && { services, deep }),
        });
        const text = await FORMATS[format](graph);
        const target = out ?? (format === 'html' ? PAGE : '-');
        if (target === '-') {
          process.stdout.write(text);
          return;
        }
        writeOutput(target, text);
        const { nodes, edges, cycles, environments } = graph;
        process.stdout.write(
          `${nodes.length} nodes, ${edges.length} edges, ${cycles.length} cycles in ${environments.join(', ')}: ${relative('', target) || target}\n`,
        );
      },
    );
}

function formatOf(out: string | undefined): Format {
  if (out === undefined || out === '-') return 'html';
  const format = SUFFIXES[extname(out).toLowerCase()];
  if (format) return format;
  throw new KeelsonError('The output file', [
    {
      where: out,
      message: `its name says no form; end it with ${listed(Object.keys(SUFFIXES))}, or give --format`,
    },
  ]);
}
