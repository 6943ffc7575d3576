import type { Imports } from '../../bench/imports.js';
import { page } from '../../bench/page.js';
import type { Result } from '../../bench/synthesis.js';
import { verdicts } from '../../bench/verdicts.js';

const summary = (minimum: number, runs = 5) => ({ minimum, median: minimum * 1.25, memoryMiB: 140.4, runs });
const counts = [10, 100, 1000];
const result = (name: string, ratio: number, growth: number, slow = false): Result => ({
  name,
  byCount: { 10: summary(370), 100: summary(1234), 1000: summary(98_765, slow ? 1 : 5) },
  ratio,
  cpuRatio: ratio,
  growth,
});
const imports = (ratio: number, unwanted: string[] = [], stacks = 1.05, program = 150): Imports => ({
  byProgram: {
    node: summary(40),
    'cdk8s + cdk8s-plus-27': summary(350),
    keelson: summary(350 * ratio),
    '@pulumi/pulumi': summary(1400),
    'the same in a verb': summary(400),
    'keelson/stacks': summary(1400 * stacks),
  },
  ratio,
  cpuRatio: ratio,
  stacks: { ratio: stacks, cpuRatio: stacks },
  program,
  unwanted,
});
const figures = (results: readonly Result[], imported = imports(1.1)) => ({
  machine: { node: 'v20.20.2', processors: 2, model: 'any', load: 12.5 },
  rounds: 5,
  counts,
  results,
  imports: imported,
  verdicts: verdicts(results, imported),
});

const good = [
  result('keelson', 0.3, 0.2),
  result('Service, all', 0.5, 0.2),
  result('kubectl kustomize', 1.2, 1.4, true),
  { name: 'helm template', skipped: 'there is no helm on PATH', byCount: {} },
];

test('no line is wider than 80 columns, and none holds a control character', () => {
  for (const line of page(figures(good))) expect(line).toMatch(/^[^\p{Cc}]{0,80}$/u);
});

test('what did not take part, or only once, is said with the reason', () => {
  const text = page(figures(good)).join('\n');
  expect(text).toContain('skipped helm template: there is no helm on PATH');
  expect(text).toContain('kubectl kustomize: one run where it needs more than 15 s');
  expect(text).not.toContain('skipped peak memory');
});

test.each([
  ['all that is asked for', good, imports(1.1), 0],
  ['a slow synthesis', [result('keelson', 0.51, 0.2), ...good.slice(1)], imports(1.1), 1],
  ['time that outgrows the services', [result('keelson', 0.3, 1.01), ...good.slice(1)], imports(1.1), 1],
  ['a slow import', good, imports(1.21), 1],
  ['an import that loads Pulumi', good, imports(1.1, ['node_modules/@pulumi/pulumi/index.js']), 1],
  ['a slow import of the stacks', good, imports(1.1, [], 1.11), 1],
  ['a slow program', good, imports(1.1, [], 1.05, 1001), 1],
  ['nothing measured of Keelson', [], imports(1.1), 3],
])('%s', (_what, results, imported, missed) => {
  expect(verdicts(results, imported).filter(({ reached }) => !reached)).toHaveLength(missed);
});
