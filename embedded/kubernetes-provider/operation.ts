import type { Configuration } from './configuration.js';
import type { Target } from './discovery.js';
import type { EngineLog } from './engine-log.js';
import { type Properties, text } from './property-values.js';
import type { ResourceToken } from './resource-token.js';
import type { WaitOptions } from './wait.js';

/** What every operation on an object needs besides the object. */
export interface Operation {
  readonly configuration: Configuration;
  readonly token: ResourceToken;
  readonly log: EngineLog;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
  /** From customTimeouts, 0 where none are given. */
  readonly timeoutSeconds: number;
}

/** Finds where an object belongs that only its inputs, or only its id, tell of. */
export function locate(operation: Operation, inputs: Properties, tries?: number): Promise<Target> {
  const namespace = text(inputs, 'metadata', 'namespace') || operation.configuration.namespace;
  return locateNamed(operation, text(inputs, 'metadata', 'name'), namespace, tries);
}

export function locateNamed(
  operation: Operation,
  name: string,
  namespace: string,
  tries?: number,
): Promise<Target> {
  return operation.configuration.discovery.locate(operation.token, name, namespace, operation.signal, tries);
}

export function waitOptions(operation: Operation, target: Target): WaitOptions {
  const { configuration, log, signal, timeoutSeconds } = operation;
  return { client: configuration.client, target, log, signal, timeoutSeconds };
}
