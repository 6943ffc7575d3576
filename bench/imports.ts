import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Measurement, measure, type Summary, summarize } from './measure.js';

const PROGRAMS = {
  node: '0',
  'cdk8s + cdk8s-plus-27': "require('cdk8s'); require('cdk8s-plus-27')",
  keelson: "require('keelson')",
  '@pulumi/pulumi': "require('@pulumi/pulumi')",
  'the same in a verb': "require('./dist/cli/deferred-modules.js').deferModules(); require('@pulumi/pulumi')",
  'keelson/stacks': "require('keelson/stacks')",
} as const;

/** Objects that the program registers. */
const OBJECTS = 1000;

export interface Imports {
  readonly byProgram: Readonly<Record<keyof typeof PROGRAMS, Summary>>;
  /** Importing keelson against importing cdk8s and cdk8s-plus-27. */
  readonly ratio: number;
  /** The same of the processor's time. */
  readonly cpuRatio: number;
  /** The same of importing keelson/stacks against importing Pulumi's SDK alone. */
  readonly stacks: { readonly ratio: number; readonly cpuRatio: number };
  /** Milliseconds of the processor that Keelson itself takes to register a thousand objects. */
  readonly program: number;
  /** Modules of Pulumi, of stacks/ or of embedded/ that importing keelson loads: there should be none. */
  readonly unwanted: readonly string[];
}

/** Whole processes that import and end, one after the other and round after round. */
export function compareImports(rounds: number): Imports {
  const runs = Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, [] as Measurement[]]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, code] of Object.entries(PROGRAMS)) {
      const measurement = measure({ program: process.execPath, args: ['-e', code] });
      if (round > 0) runs[name]?.push(measurement);
    }
  const byProgram = Object.fromEntries(
    Object.entries(runs).map(([name, measurements]) => [name, summarize(measurements)]),
  ) as Imports['byProgram'];
  return {
    byProgram,
    ...compared(byProgram.keelson, byProgram['cdk8s + cdk8s-plus-27']),
    stacks: compared(byProgram['keelson/stacks'], byProgram['@pulumi/pulumi']),
    program: Math.min(...Array.from({ length: rounds }, programTime)),
    unwanted: unwantedModules(),
  };
}

const compared = (ours: Summary, theirs: Summary) => ({
  ratio: ours.minimum / theirs.minimum,
  cpuRatio: (ours.cpu ?? Number.NaN) / (theirs.cpu ?? Number.NaN),
});

const programTime = (): number =>
  Number(
    execFileSync(process.execPath, [join(__dirname, 'contenders/program.js'), `${OBJECTS}`], {
      encoding: 'utf8',
    }),
  );

function unwantedModules(): string[] {
  const code = "require('keelson'); console.log(JSON.stringify(Object.keys(require.cache)))";
  const loaded = execFileSync(process.execPath, ['-e', code], {
    cwd: join(__dirname, '..'),
    encoding: 'utf8',
  });
  return (JSON.parse(loaded) as string[]).filter((file) =>
    /[\\/](@pulumi|dist[\\/](stacks|embedded|cli))[\\/]/.test(file),
  );
}
