import { DeployError } from './deploy-error.js';
import type { DeployOptions } from './deploy-options.js';
import { protectedProblem } from './refused-objects.js';
import { exportState } from './state-export.js';
import { logicalNameIn } from './targets.js';

/**
 * Looks before a destroy whether it could go to its end: the engine finds out on the way, with half of it gone.
 *
 * @throws DeployError naming every protected object
 */
export async function refuseProtected(options: DeployOptions): Promise<void> {
  const { stack, only } = options;
  const { resources = [] } = (await exportState(options)).deployment ?? {};
  const kept = resources.filter(
    ({ urn, protect }) => protect && (only === undefined || only.includes(logicalNameIn(urn))),
  );
  if (kept.length === 0) return;
  const problems = kept.map(({ urn }) => protectedProblem(urn, stack));
  throw new DeployError(`destroy of stack "${stack}"`, 'protected', problems, '');
}
