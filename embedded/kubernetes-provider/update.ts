import { ApiError } from './api-error.js';
import { parsePath } from './changes.js';
import { relinquish, takeOwnership } from './field-manager.js';
import { locateNamed, type Operation, waitOptions } from './operation.js';
import { describeObject, type Properties } from './property-values.js';
import { parseId } from './resource-token.js';
import { waitUntilReady } from './wait.js';
import { keepIgnored, mustForce, previewed, toWire } from './wire.js';

export interface UpdateOptions {
  readonly id: string;
  readonly fieldManager: string;
  /** The one that applied until now. */
  readonly formerManager: string;
  readonly ignoreChanges: readonly string[];
  readonly preview: boolean;
}

/**
 * Applies the inputs under the manager of the last apply, so that fields which are left out now go away.
 * @throws ApiError, with the state unchanged; NotReadyError once the change is made
 */
export async function updateObject(
  operation: Operation,
  inputs: Properties,
  options: UpdateOptions,
): Promise<Properties> {
  try {
    return await apply(operation, inputs, options);
  } catch (error) {
    throw error instanceof ApiError ? error.about('update', describeObject(inputs)) : error;
  }
}

async function apply(operation: Operation, inputs: Properties, options: UpdateOptions): Promise<Properties> {
  const { configuration, token, signal, log } = operation;
  const { client } = configuration;
  const { preview, fieldManager, formerManager } = options;
  const { name, namespace } = parseId(options.id);
  const target = await locateNamed(operation, name, namespace);

  let live = await client.find(target.path, signal);
  if (live === undefined) {
    throw new Error(
      `cannot update ${describeObject(inputs)}: it is gone from the cluster. ` +
        'Run `pulumi refresh`: then the next run creates it again.',
    );
  }
  if (!preview && !token.patch) live = await takeOwnership(client, target, live, fieldManager, signal);
  const ignored = options.ignoreChanges.map(parsePath);
  const force = mustForce(inputs, configuration.enablePatchForce, live, fieldManager);
  const applied = await client.request('PATCH', target.path, {
    body: toWire(keepIgnored(inputs, live, ignored), token, target),
    contentType: 'application/apply-patch+yaml',
    query: { fieldManager, force: String(force), ...(preview && { dryRun: 'All' }) },
    signal,
    onWarning: (message) => log.warn(message),
  });
  if (preview) return previewed(applied, inputs);

  if (formerManager && formerManager !== fieldManager) {
    await relinquish(client, target, token, formerManager, signal);
  }
  return token.patch ? applied : waitUntilReady(inputs, applied, waitOptions(operation, target));
}
