import { deploymentVerdicts } from '../../bench/deployment-verdicts.js';
import { type Crash, type Deployment, VERBS, type Verb } from '../../bench/deployments.js';
import { deploymentsPage } from '../../bench/deployments-page.js';

const counts = [100, 1000];
const summary = (minimum: number, runs = 3) => ({
  minimum,
  median: minimum,
  cpu: minimum / 2,
  memoryMiB: 351.3,
  runs,
});

/** Milliseconds of each verb at 1,000 objects; at 100 a tenth. */
const deployment = (
  name: string,
  times: Partial<Record<Verb, number>>,
  crash?: Crash,
  runs = 3,
): Deployment => {
  const byVerb = (divisor: number) =>
    Object.fromEntries(
      VERBS.map((verb) => [verb, summary((times[verb] ?? 10_000) / divisor, divisor === 1 ? runs : 3)]),
    ) as Deployment['byCount'][number];
  return {
    name,
    byCount: { 100: byVerb(10), 1000: byVerb(1) },
    ...(crash && { crashes: { 100: crash, 1000: crash } }),
  };
};

const floor = deployment('floor', {});
const whole = { made: 512, lost: 0 };
const missed = (...deployments: readonly Deployment[]) =>
  deploymentVerdicts(deployments, counts)
    .filter(({ reached }) => !reached)
    .map(({ what, value }) => `${what}: ${value}`);

test('a promise is kept up to its limit', () => {
  const ours = deployment('keelson', { up: 12_000, destroy: 8000 }, whole);
  expect(missed(floor, ours)).toEqual([]);
  expect(deploymentVerdicts([floor, ours], counts)).toHaveLength(counts.length * (VERBS.length + 1));
});

test('a run that takes longer is told with its ratio, and what a crash lost with their number', () => {
  expect(missed(floor, deployment('keelson', { 'up again': 12_100 }, whole))).toEqual([
    'up again, 100 objects, to the floor: 1.21',
    'up again, 1000 objects, to the floor: 1.21',
  ]);
  expect(missed(floor, deployment('keelson', {}, { made: 512, lost: 3 }))).toEqual([
    'objects lost in a crash, of 512 made: 3',
    'objects lost in a crash, of 512 made: 3',
  ]);
});

test('what was not measured is not kept', () => {
  expect(missed(deployment('keelson', {}, whole))).toHaveLength(counts.length * VERBS.length);
  expect(missed(floor, deployment('keelson', {}))).toEqual([
    'objects lost in a crash, of – made: –',
    'objects lost in a crash, of – made: –',
  ]);
});

test('the page has every verdict, says who ran once, and no line is wider than 80 columns', () => {
  const deployments = [
    floor,
    deployment('keelson', { destroy: 41_900 }, whole),
    deployment('typed classes', { up: 120_600, destroy: 121_300 }, undefined, 1),
  ];
  const machine = { node: 'v20.20.2', processors: 2, model: 'any', load: 12.5 };
  const verdicts = deploymentVerdicts(deployments, counts);
  const lines = deploymentsPage({ machine, rounds: 3, counts, deployments, verdicts });
  expect(lines).toContain('MISSED   destroy, 1000 objects, to the floor: 4.19 (at most 1.2; CPU 4.19)');
  expect(lines).toContain('reached  objects lost in a crash, of 512 made: 0 (none)');
  expect(lines).toContain('typed classes: one life where it needs more than 2 min');
  for (const line of lines) expect(line).toMatch(/^[^\p{Cc}]{0,80}$/u);
});
