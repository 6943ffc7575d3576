import { DeployError } from './deploy-error.js';
import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import { protectedProblem } from './refused-objects.js';
import { logicalNameIn } from './targets.js';

/**
 * Looks before a destroy whether it could go to its end: the engine finds out on the way, with half of it gone.
 *
 * @throws DeployError naming every protected object
 */
export async function refuseProtected(options: DeployOptions): Promise<void> {
  const { stack, only } = options;
  const { deployment } = JSON.parse(await runEngine(['stack', 'export'], options)) as {
    readonly deployment?: {
      readonly resources?: readonly { readonly urn: string; readonly protect?: boolean }[];
    };
  };
  const kept = (deployment?.resources ?? []).filter(
    ({ urn, protect }) => protect && (only === undefined || only.includes(logicalNameIn(urn))),
  );
  if (kept.length === 0) return;
  const problems = kept.map(({ urn }) => protectedProblem(urn, stack));
  throw new DeployError(`destroy of stack "${stack}"`, 'protected', problems, '');
}
