import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { dump } from 'js-yaml';

/** A command line; what it writes to standard output goes to `output` where it cannot write files itself. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly output?: string;
}

export interface Contender {
  readonly name: string;
  /** Whether its objects are to be the same as those of cdk8s-plus. */
  readonly sameObjects: boolean;
  /** Why it cannot take part on this machine. */
  readonly skipped?: string;
  /**
   * Prepares what is no part of the measured work, and says how to write the objects of `count` services as YAML.
   *
   * @param folder empty; the YAML belongs below its `out`
   */
  command(count: number, folder: string): Command;
}

/** What all ratios refer to. */
export const REFERENCE = 'cdk8s-plus-27';

const SOURCES = join(__dirname, 'contenders');

export const contenders = (): readonly Contender[] => [
  keelson('keelson', 'objects'),
  keelson('Service, 3 kept', 'service'),
  keelson('Service, all', 'full'),
  {
    name: REFERENCE,
    sameObjects: true,
    command: (count, folder) => node('cdk8s-plus.js', [`${count}`, join(folder, 'out')]),
  },
  {
    ...tool('helm template', 'helm', ['version']),
    command(count, folder) {
      const chart = join(folder, 'chart');
      cpSync(join(SOURCES, 'helm'), chart, { recursive: true });
      const args = ['template', 'bench', chart, '--set', `count=${count}`];
      return { program: 'helm', args, output: join(outIn(folder), 'bench.yaml') };
    },
  },
  {
    ...tool('kubectl kustomize', 'kubectl', ['version', '--client']),
    command(count, folder) {
      const input = join(folder, 'kustomization');
      writeKustomization(count, input);
      return { program: 'kubectl', args: ['kustomize', input, '-o', join(outIn(folder), 'bench.yaml')] };
    },
  },
  {
    ...tool('jsonnet', 'jsonnet', ['--version']),
    command: (count, folder) => ({
      program: 'jsonnet',
      // YAML's JSON: its own writer of indented YAML takes minutes for a hundred services.
      args: [
        '-y',
        '--tla-code',
        `count=${count}`,
        join(SOURCES, 'bench.jsonnet'),
        '-o',
        join(outIn(folder), 'bench.yaml'),
      ],
    }),
  },
];

const keelson = (name: string, what: 'objects' | 'service' | 'full'): Contender => ({
  name,
  sameObjects: what === 'objects',
  command: (count, folder) => node('keelson.js', [what, `${count}`, join(folder, 'out')]),
});

const node = (script: string, args: readonly string[]): Command => ({
  program: process.execPath,
  args: [join(SOURCES, script), ...args],
});

function tool(
  name: string,
  program: string,
  probe: readonly string[],
): Pick<Contender, 'name' | 'sameObjects' | 'skipped'> {
  try {
    execFileSync(program, probe, { stdio: 'ignore' });
    return { name, sameObjects: true };
  } catch {
    return { name, sameObjects: true, skipped: `there is no ${program} on PATH` };
  }
}

function outIn(folder: string): string {
  const out = join(folder, 'out');
  mkdirSync(out, { recursive: true });
  return out;
}

/** Kustomize makes no objects from parameters: its users write them out, one file a service. */
function writeKustomization(count: number, folder: string): void {
  const { threeObjects } = createRequire(__filename)('./contenders/three-objects.js') as {
    threeObjects: (name: string) => readonly object[];
  };
  mkdirSync(folder);
  const names = Array.from({ length: count }, (_, index) => `service-${index}`);
  for (const name of names)
    writeFileSync(
      join(folder, `${name}.yaml`),
      threeObjects(name)
        .map((object) => dump(object))
        .join('---\n'),
    );
  writeFileSync(join(folder, 'kustomization.yaml'), dump({ resources: names.map((name) => `${name}.yaml`) }));
}
