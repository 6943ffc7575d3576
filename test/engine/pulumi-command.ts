import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import { ROOT } from '../support/repository.js';
import type { TestedProvider } from './tested-provider.js';

/** What a command wrote and how it ended. */
export interface Run {
  readonly status: number | null;
  /** Both streams, as a person sees them. */
  readonly output: string;
}

/** Pulumi's own command line in a project's folder, as whole processes, with state and home of its own. */
export class PulumiCommandLine {
  /** Everything that any command wrote. */
  written = '';

  private constructor(
    private readonly folder: string,
    readonly state: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  static async open(
    folder: string,
    scratch: string,
    provider: Pick<TestedProvider, 'home' | 'environment'>,
  ): Promise<PulumiCommandLine> {
    const { command } = await findPulumiEngine({ report: () => {} });
    const bin = command.command.includes('/') ? dirname(resolve(command.command)) : '';
    const state = join(scratch, 'state');
    mkdirSync(state, { recursive: true });
    return new PulumiCommandLine(folder, state, {
      ...process.env,
      PATH: [bin, languageHost(bin), process.env.PATH].filter(Boolean).join(delimiter),
      PULUMI_HOME: provider.home(join(scratch, 'home')),
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      ...provider.environment,
    });
  }

  /** Runs one line of a shell. */
  run(line: string, input = ''): Promise<Run> {
    return new Promise((done) => {
      const child = spawn('sh', ['-c', line], { cwd: this.folder, env: this.environment });
      let output = '';
      const hear = (text: string) => {
        output += text;
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.on('close', (status) => {
        this.written += output;
        done({ status, output });
      });
      child.stdin.end(input);
    });
  }
}

/** The folder to put on the PATH for the real language host (none), or for the stand-in, and says which. */
function languageHost(engine: string): string {
  const name = 'pulumi-language-nodejs';
  const folders = [engine, ...(process.env.PATH ?? '').split(delimiter)].filter(Boolean);
  const real = folders.find((folder) => existsSync(join(folder, name)));
  process.stderr.write(`${name}: ${real === undefined ? "Keelson's stand-in" : `the one in ${real}`}\n`);
  return real === undefined ? join(ROOT, 'test/engine/language-host') : '';
}

/** The code blocks below a heading of a page, one string a line; a page is what its readers type. */
export function documented(page: string, heading: string, language = 'sh'): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${page} has no section "${heading}"`);
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))];
  return blocks.flatMap(([, block = '']) => block.trimEnd().split('\n'));
}
