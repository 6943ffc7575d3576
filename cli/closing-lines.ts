import type { Verb } from '../stacks/deploy-options.js';
import type { StackRun } from '../stacks/stack-run.js';
import { requestsLine } from './summary.js';
import type { Target } from './target.js';

/** What a person asks next: whether it fits, where the application answers, how to follow its logs, what mends drift. */
export function closingLines(
  verb: Verb,
  { hints, throwAway, deploy }: Target,
  runs: readonly StackRun[],
): string[] {
  if (verb === 'refresh')
    return runs.some(({ changes }) => changes.length > 0)
      ? ['', 'Nothing was changed in the cluster. The next keelson up makes it what the application says.']
      : [];
  if (verb === 'import')
    return ['', 'Nothing was changed in the cluster. keelson preview shows what up would change.'];
  if (verb === 'preview') {
    const requests = deploy.synthesis.stacks
      .filter(({ name }) => runs.some(({ stack }) => stack === name))
      .flatMap((stack) => {
        const line = requestsLine(stack);
        return line === undefined ? [] : [`${stack.name} ${line}`];
      });
    return requests.length > 0 ? ['', ...requests] : [];
  }
  if (verb !== 'up') return [];
  const environments = runs.filter(({ stack }) =>
    deploy.synthesis.stacks.some(({ name, kind }) => name === stack && kind === 'environment'),
  );
  const urls = environments.flatMap(({ outputs }) => outputs.urls ?? []);
  // Simulated pods answer nobody and have no logs.
  const silence = throwAway && urls.length > 0 ? ['(pods are simulated: nothing answers there)'] : [];
  const logs = throwAway ? [] : environments.flatMap(({ outputs }) => outputs.logs ?? []);
  return ['', ...urls, ...silence, ...logs, ...hints];
}
