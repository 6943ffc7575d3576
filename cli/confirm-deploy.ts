import { confirm } from './confirm.js';

/**
 * Asks whether to go on. A destroy is confirmed by the stacks' names: "y" is typed too easily.
 *
 * @param objects of a selection: they are shown before it is destroyed. @default everything goes
 * @throws KeelsonError where the answer is no, or nobody can answer
 */
export function confirmDeploy(
  verb: 'up' | 'destroy',
  stacks: readonly string[],
  objects: readonly string[] = [],
): Promise<void> {
  const names = stacks.join(' ');
  if (verb === 'up') return confirm(`Apply this to ${names}? [y/N] `, { what: names });
  const shown = objects.map((object) => `  ${object}\n`).join('');
  const question = `${shown}Type "${names}" to destroy${shown && ' these objects of it'}: `;
  return confirm(question, { expected: names, what: names });
}
