import { isPlanned } from '../digitalocean/planned.js';
import { effectOf } from '../digitalocean/replacements.js';
import { groupOf, immutableFields } from '../kube/immutable-fields.js';
import type { KubeObject } from '../kube/object.js';
import type { FieldChange, Path } from './field-changes.js';
import { at, canonical } from './json.js';

/**
 * What only a new object can have. Immutable fields count as they are written: an engine that compares what it was
 * given replaces a claim template of `1024Mi` for one of `1Gi`, though they mean the same.
 */
export function replacingFields(
  changes: readonly FieldChange[],
  before: KubeObject,
  after: KubeObject,
): FieldChange[] {
  if (isPlanned(after)) return changes.filter((change) => replacesResource(change, before, after));
  const { fields, except = [] } = immutableFields(`${groupOf(after.apiVersion)}/${after.kind}`);
  const exceptions = except.map(pathOf);
  const frozen = before.immutable === true ? ['data', 'binaryData', 'stringData', 'immutable'] : [];
  return [...fields, ...frozen].map(pathOf).flatMap((field) => {
    const within = changes.filter(
      ({ path }) => isWithin(path, field) && !exceptions.some((exception) => isWithin(path, exception)),
    );
    if (within.length > 0 || exceptions.length > 0) return within;
    const [old, now] = [at(before, ...field), at(after, ...field)];
    return canonical(old) === canonical(now) ? [] : [{ path: field, before: old, after: now }];
  });
}

/** As the table of the provider's properties has it. */
function replacesResource(
  { path: [root, ...steps] }: FieldChange,
  before: KubeObject,
  after: KubeObject,
): boolean {
  const property = steps.filter((step) => !/^\d+$/.test(step));
  const [old, now] = [before, after].map((object) => at(object, 'spec', ...steps));
  return root === 'spec' && effectOf(after.kind, property.join('.'), old, now) === 'replace';
}

const pathOf = (field: string): Path => field.split('.');

const isWithin = (path: Path, outer: Path): boolean => outer.every((step, index) => path[index] === step);
