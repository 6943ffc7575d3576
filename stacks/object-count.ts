import type { StackManifests } from '../lib/synth.js';
import type { Exclusion } from './cluster-manifests.js';

/** How many objects an `up` applies: a Secret for each need, and what its manifests have but for what is left out. */
export const objectCount = (
  { manifests, secrets }: StackManifests,
  exclude: readonly Exclusion[] = [],
): number =>
  manifests
    .flatMap(({ objects }) => objects)
    .filter((object) => !exclude.some(({ matches }) => matches(object))).length + secrets.length;
