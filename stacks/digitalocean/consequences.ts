import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation';
import { effectOf } from '../../lib/digitalocean/replacements.js';

/** A change that a person should know of before it happens. */
export interface Consequence {
  /** `Droplet main-server-1`. */
  readonly resource: string;
  readonly message: string;
}

const TYPE = /\bdigitalocean:[^:]+:(\w+)$/;

/**
 * What a preview's steps do to resources of DigitalOcean beyond what their operation says: an update of a droplet's
 * size is an outage of its machine.
 *
 * @param events as `stack.preview({ onEvent })` gives them
 */
export const consequences = (events: readonly EngineEvent[]): Consequence[] =>
  events.flatMap(({ resourcePreEvent }) => (resourcePreEvent ? ofStep(resourcePreEvent.metadata) : []));

function ofStep({ op, type, urn, diffs, old, new: now }: StepEventMetadata): Consequence[] {
  const resource = TYPE.exec(type)?.[1];
  if (resource === undefined || op !== 'update') return [];
  const before = old?.inputs ?? {};
  const after = now?.inputs ?? {};
  return (diffs ?? [])
    .filter((path) => effectOf(resource, path, before[path], after[path]) === 'powers off')
    .map((path) => ({
      resource: `${resource} ${urn.split('::').at(-1)}`,
      message: `${path} ${before[path]} → ${after[path]}: the machine is powered off, changed and powered on again; nothing on it answers meanwhile`,
    }));
}
