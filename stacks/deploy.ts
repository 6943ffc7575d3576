import type { DeployOptions } from './deploy-options.js';
import { runInEngine } from './engine-run.js';
import { refuseProtected } from './protected-objects.js';
import type { StackRun } from './stack-run.js';
import { targetsOf, targetsWithParents } from './targets.js';

/** Shows what an up would do; works before there is a cluster. @throws DeployError */
export const previewStack = (options: DeployOptions): Promise<StackRun> =>
  runInEngine('preview', options, async (stack, listeners) =>
    stack.preview({ ...listeners, ...(await targetsWithParents(options)) }),
  );

/** Makes the cluster what the stack describes. @throws DeployError */
export const upStack = (options: DeployOptions): Promise<StackRun> =>
  runInEngine('up', options, async (stack, listeners) =>
    stack.up({ ...listeners, ...(await targetsWithParents(options)) }),
  );

/**
 * Finds what somebody else changed in the cluster or deleted from it, and notes it in the state. Nothing changes in
 * the cluster: the next up mends it.
 *
 * @param options.clearPendingCreates forget what a killed run was making. @default false
 * @throws DeployError
 */
export const refreshStack = (
  options: DeployOptions & { readonly clearPendingCreates?: boolean },
): Promise<StackRun> =>
  runInEngine('refresh', options, (stack, listeners) =>
    stack.refresh({
      ...listeners,
      ...targetsOf(options.only),
      clearPendingCreates: options.clearPendingCreates,
    }),
  );

/**
 * Deletes every object of the stack, or those of `only`. Where one of them is protected, none is deleted.
 *
 * @param options.removeStack also forget the stack itself, its history and configuration. @default false
 * @throws DeployError
 */
export const destroyStack = (
  options: DeployOptions & { readonly removeStack?: boolean },
): Promise<StackRun> =>
  runInEngine('destroy', options, async (stack, listeners) => {
    await refuseProtected(options);
    options.signal?.throwIfAborted();
    return stack.destroy({
      ...listeners,
      ...targetsOf(options.only),
      remove: options.removeStack && options.only === undefined,
      // What runs before a resource is deleted is a part of its program.
      runProgram: options.program !== undefined,
    });
  });
