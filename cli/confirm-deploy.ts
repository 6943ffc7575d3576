import { KeelsonError } from '../lib/config/problem.js';
import { confirm } from './confirm.js';

/** What a run is about to do. */
export interface Intent {
  readonly verb: 'up' | 'destroy';
  readonly stacks: readonly string[];
  /** Of a selection: they are shown before it is destroyed. @default everything goes */
  readonly objects?: readonly string[];
  /** What a destroy takes that no manifest brings back. @default nothing */
  readonly data?: readonly string[];
}

/** What the command line answers already. */
export interface Answers {
  /** To the question whether to go on. @default it is asked */
  readonly yes?: boolean;
  /** To the question whether data may go. @default it is asked */
  readonly deleteData?: boolean;
}

/** Objects that are named; of more it is said how many. */
const MOST_NAMED = 10;

/**
 * Asks whether to go on, and a second time where data goes. A destroy is confirmed by words: "y" is typed too easily.
 *
 * @throws KeelsonError where the answer is no, or nobody can answer
 */
export async function confirmDeploy(
  { verb, stacks, objects = [], data = [] }: Intent,
  { yes = false, deleteData = false }: Answers,
): Promise<void> {
  const asksForData = data.length > 0 && !deleteData;
  if (yes && asksForData)
    throw new KeelsonError('The command', [
      {
        where: '--delete-data',
        message: `is missing beside --yes: ${named(data).join(', ')} would go for good. Make sure that there is a backup (keelson backup), then give it as well`,
      },
    ]);
  if (yes) return;
  const names = stacks.join(' ');
  if (verb === 'up') return confirm(`Apply this to ${names}? [y/N] `, { what: names });
  const question = `${lines(objects)}Type "${names}" to destroy${objects.length > 0 ? ' these objects of it' : ''}: `;
  await confirm(question, { expected: names, what: names });
  if (asksForData)
    await confirm(`${lines(named(data))}Their data goes for good. Type "delete data" to go on: `, {
      expected: 'delete data',
      what: 'the data',
    });
}

const lines = (texts: readonly string[]): string => texts.map((text) => `  ${text}\n`).join('');

const named = (objects: readonly string[]): string[] => {
  const more = objects.length - MOST_NAMED;
  return [...objects.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])];
};
