import { KeelsonError } from '../../lib/config/problem.js';
import type { Change } from '../../stacks/run-record.js';
import type { StackRun } from '../../stacks/stack-run.js';
import type { Promised } from './promise.js';

type Action = Promised['changes'][number]['action'];

/**
 * What shows an operation of the engine: an object that was to be created or replaced may turn out to be there
 * already, after a deployment that was cut off.
 */
const SHOWN_BY: Readonly<Record<Action, readonly (readonly Action[])[]>> = {
  create: [['create'], ['replace']],
  update: [['update'], ['create'], ['replace']],
  replace: [['replace'], ['delete', 'create']],
  delete: [['delete']],
};

/** Values of secrets are configuration, which no comparison of code shows. */
const isCompared = ({ kind }: Change): boolean => kind !== 'Secret';

/**
 * Compares what the engine would do with what was shown. Less than that is no fault: it was done before.
 *
 * @throws KeelsonError with everything that nobody was shown
 */
export function checkPromise({ pulls, changes }: Promised, previews: readonly StackRun[]): void {
  const shown = new Map<string, Set<Action>>();
  for (const { stack, kind, name, action } of changes) {
    const key = keyOf(stack, kind, name);
    shown.set(key, (shown.get(key) ?? new Set()).add(action));
  }
  const problems = previews.flatMap(({ stack, changes: planned }) =>
    planned.filter(isCompared).flatMap(({ operation, kind, name }) => {
      if (operation === 'same') return [];
      const told = shown.get(keyOf(stack, kind, name));
      if (SHOWN_BY[operation].some((way) => way.every((action) => told?.has(action)))) return [];
      const instead = told ? `it was to be: ${[...told].join(', ')}` : 'nothing was said of it';
      return [{ where: `${stack}: ${kind} ${name}`, message: `would be ${DONE[operation]}; ${instead}` }];
    }),
  );
  if (problems.length === 0) return;
  throw new KeelsonError('The deployment', [
    ...problems,
    {
      where: '',
      message: `nothing was changed: this is more than ${pullsIn(pulls)} showed. Somebody changed the cluster by hand, an earlier deployment failed, or the base moved after the check. Look at \`keelson preview\`; deploy what is missing first, or run the deployment by hand with "unpromised"`,
    },
  ]);
}

const DONE: Readonly<Record<Action, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'REPLACED',
  delete: 'DELETED',
};

const keyOf = (stack: string, kind: string, name: string): string => `${stack}/${kind}/${name}`;

const pullsIn = (pulls: readonly number[]): string =>
  pulls.length === 0 ? 'no pull request' : `pull request ${pulls.map((number) => `#${number}`).join(', ')}`;
