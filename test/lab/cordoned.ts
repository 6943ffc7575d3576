import type { Lab } from './lab.js';

/** Does something while no pod can start on a node, and lets them start again, however that ends. */
export async function cordoned(
  { kubectl }: Pick<Lab, 'kubectl'>,
  node: string,
  work: () => Promise<void>,
): Promise<void> {
  await kubectl('cordon', node);
  try {
    await work();
  } catch (error) {
    // Where the node did not come back, this cannot succeed: the first error is the one to tell.
    await kubectl('uncordon', node).catch(() => undefined);
    throw error;
  }
  await kubectl('uncordon', node);
}
