import { DeployError } from './deploy-error.js';
import type { DeployOptions } from './deploy-options.js';
import { runInEngine } from './engine-run.js';
import { plannedCreations } from './planned-creations.js';
import { recover } from './recovery.js';
import type { StackRun } from './stack-run.js';
import type { Resource } from './state-resource.js';
import { logicalNameIn, parentTargets } from './targets.js';

/**
 * Hands objects that are in the cluster already to the stack that describes them. They stay as they are: the next up
 * makes them what the stack says, and a preview shows what that changes.
 *
 * @param options.only their logical names, such as `shop/Deployment/web`
 * @throws DeployError where one of them is not in the cluster
 */
export async function importStack(options: DeployOptions): Promise<StackRun> {
  const { stack, only = [] } = options;
  // What is in the state needs parents and access that are there too.
  await runInEngine('import', options, async (engine, listeners) =>
    engine.up({ ...listeners, target: await parentTargets(options) }),
  );
  let planned: Resource[] = [];
  const run = await runInEngine('import', options, async (engine, { signal }) => {
    planned = (await plannedCreations(engine, { signal })).filter(({ urn }) =>
      only.includes(logicalNameIn(urn)),
    );
  });
  const { found } = await recover(options, planned, { adopt: true });
  const missing = planned.filter(({ urn }) => !found.includes(urn));
  if (missing.length > 0)
    throw new DeployError(
      `import of stack "${stack}"`,
      'objects',
      missing.map(({ urn }) => ({
        where: logicalNameIn(urn),
        message: 'is not in the cluster, so there is nothing to hand over; up creates it',
      })),
      '',
    );
  return {
    ...run,
    counts: { create: 0, update: 0, replace: 0, delete: 0, same: found.length },
    changes: [],
    imported: found.map(logicalNameIn),
    outputs: {},
  };
}
