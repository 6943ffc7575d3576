import { createInterface } from 'node:readline/promises';
import { KeelsonError } from '../lib/config/problem.js';

interface Expectation {
  /** The answer that goes on. @default y */
  readonly expected?: string;
  /** What is confirmed, for messages. */
  readonly what: string;
}

/** Asks the person at the keyboard. @throws KeelsonError where there is nobody, or the answer is another one */
export async function confirm(question: string, { expected = 'y', what }: Expectation): Promise<void> {
  const problem = (where: string, message: string) => new KeelsonError('The command', [{ where, message }]);
  if (!process.stdin.isTTY)
    throw problem('--yes', 'is missing: nobody can be asked here; give it to go on without a question');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question).finally(() => terminal.close());
  if (answer.trim().toLowerCase() !== expected) throw problem(what, 'was not confirmed; nothing changed');
}
