import { createInterface } from 'node:readline/promises';
import { KeelsonError } from '../lib/config/problem.js';

/**
 * Asks whether to go on. A destroy is confirmed by the stacks' names: "y" is typed too easily.
 *
 * @param objects of a selection: they are shown before it is destroyed. @default everything goes
 * @throws KeelsonError where the answer is no, or nobody can answer
 */
export async function confirm(
  verb: 'up' | 'destroy',
  stacks: readonly string[],
  objects: readonly string[] = [],
): Promise<void> {
  if (!process.stdin.isTTY)
    throw new KeelsonError('The command', [
      {
        where: '--yes',
        message: 'is missing: nobody can be asked here; give it to go on without a question',
      },
    ]);
  const names = stacks.join(' ');
  const what = objects.length > 0 ? `${objects.map((object) => `  ${object}\n`).join('')}` : '';
  const [question, expected] =
    verb === 'destroy'
      ? [`${what}Type "${names}" to destroy${what && ' these objects of it'}: `, names]
      : [`Apply this to ${names}? [y/N] `, 'y'];
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question).finally(() => terminal.close());
  if (answer.trim().toLowerCase() !== expected)
    throw new KeelsonError('The command', [{ where: names, message: 'was not confirmed; nothing changed' }]);
}
