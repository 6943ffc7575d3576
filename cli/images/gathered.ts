import { KeelsonError } from '../../lib/config/problem.js';
import { inParallel } from '../in-parallel.js';

/**
 * Works on all items, at most `limit` at once, and gathers what is wrong with any of them.
 *
 * @throws KeelsonError with the problems of every item that failed, when all were tried
 */
export async function gathered<T, R>(
  subject: string,
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const outcomes = await inParallel(items, limit, async (item) => {
    try {
      return { result: await work(item) };
    } catch (error) {
      if (error instanceof KeelsonError) return { error };
      throw error;
    }
  });
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const [only] = errors;
  if (only && errors.length === 1) throw only;
  if (only)
    throw new KeelsonError(
      subject,
      errors.flatMap(({ subject, problems }) =>
        problems.map(({ where, message }) => ({ where, message: `${subject} ${message}` })),
      ),
    );
  return outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result as R] : []));
}
