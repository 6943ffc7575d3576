import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Measurement, measure, type Summary, summarize } from './measure.js';

const PROGRAMS = {
  node: '0',
  'cdk8s + cdk8s-plus-27': "require('cdk8s'); require('cdk8s-plus-27')",
  keelson: "require('keelson')",
} as const;

export interface Imports {
  readonly byProgram: Readonly<Record<keyof typeof PROGRAMS, Summary>>;
  /** Importing keelson against importing cdk8s and cdk8s-plus-27. */
  readonly ratio: number;
  /** The same of the processor's time. */
  readonly cpuRatio: number;
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
    ratio: byProgram.keelson.minimum / byProgram['cdk8s + cdk8s-plus-27'].minimum,
    cpuRatio: (byProgram.keelson.cpu ?? Number.NaN) / (byProgram['cdk8s + cdk8s-plus-27'].cpu ?? Number.NaN),
    unwanted: unwantedModules(),
  };
}

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
