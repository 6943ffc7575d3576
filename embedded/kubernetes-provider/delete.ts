import { ApiError, isApiError } from './api-error.js';
import { UnknownKindError } from './discovery.js';
import { relinquish } from './field-manager.js';
import { locateNamed, type Operation, waitOptions } from './operation.js';
import { describeObject, type Properties, pulumiAnnotation, text } from './property-values.js';
import { parseId } from './resource-token.js';
import { waitUntilGone } from './wait.js';

/** Kinds for which `pulumi.com/skipAwait` also means not to wait for their end. */
const endsUnawaited = [
  'DaemonSet',
  'Deployment',
  'Job',
  'Namespace',
  'Pod',
  'ReplicationController',
  'StatefulSet',
];

/**
 * Deletes the object with what it owns and waits until it is gone; what is gone already is a success.
 * @throws ApiError; NotReadyError where it outlives the timeout
 */
export async function deleteObject(
  operation: Operation,
  id: string,
  inputs: Properties,
  state: Properties,
): Promise<void> {
  const { configuration, token, signal } = operation;
  const { client } = configuration;
  const { name, namespace } = parseId(id);
  try {
    const target = await locateNamed(operation, name, namespace);
    if (token.patch) return await relinquish(client, target, token, text(state, '__fieldManager'), signal);
    const answer = await client.request('DELETE', target.path, {
      query: { propagationPolicy: propagation(inputs) },
      signal,
    });
    const unawaited = pulumiAnnotation(inputs, 'skipAwait') === 'true' && endsUnawaited.includes(token.kind);
    if (answer.kind === 'Status' || unawaited) return;
    await waitUntilGone(inputs, answer, waitOptions(operation, target));
  } catch (error) {
    if (error instanceof UnknownKindError || isApiError(error, 404)) return;
    if (isApiError(error, 0) && configuration.deleteUnreachable) return;
    if (token.patch && isApiError(error, 422)) {
      throw new Error(
        `cannot give up the fields of ${describeObject(state)}: ${error.message}. A required field has no other owner: ` +
          'set the resource option retainOnDelete, or let another manager apply the field first.',
      );
    }
    throw error instanceof ApiError ? error.about('delete', describeObject(state)) : error;
  }
}

function propagation(inputs: Properties): string {
  const asked = pulumiAnnotation(inputs, 'deletionPropagationPolicy').toLowerCase();
  return asked === 'orphan' ? 'Orphan' : asked === 'background' ? 'Background' : 'Foreground';
}
