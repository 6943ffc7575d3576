import { groupOf } from '../../kube/immutable-fields.js';
import type { KubeObject } from '../../kube/object.js';
import { claimMiB } from '../budget.js';
import { listAt, numberAt, textAt } from '../json.js';
import { counted, fateOf, goesAway, type Rule } from '../mark.js';

/** Kinds that take data with them: their own, or that of everything inside. */
const HOLDERS: Readonly<Record<string, string>> = {
  '/Namespace': 'with everything in it, its volume claims too',
  '/PersistentVolume': 'with what is on it, if its reclaim policy says so',
  '/PersistentVolumeClaim': 'with its volume, unless the storage class retains it',
  'apiextensions.k8s.io/CustomResourceDefinition': 'with every object of its kind in the cluster',
};

/** Data that no manifest brings back. */
export const DATA_LOSS: readonly Rule[] = [
  (change) => {
    const { before } = change;
    if (!before || !goesAway(change)) return [];
    const what = HOLDERS[`${groupOf(before.apiVersion)}/${before.kind}`];
    return what === undefined ? [] : [`it is ${fateOf(change)}, ${what}`];
  },

  (change) => {
    const { before, action } = change;
    const claims = before ? claimsOf(before) : [];
    if (claims.length === 0 || !goesAway(change)) return [];
    const volumes = counted(claims.length * replicasOf(before), 'volume');
    if (retention(before, 'whenDeleted') === 'Delete') return [`it is ${fateOf(change)}, with ${volumes}`];
    return [
      action === 'replace'
        ? `it is ${fateOf(change)}; of ${volumes} it takes over those whose claims keep their name, as they are`
        : `it is ${fateOf(change)}, and leaves ${volumes} behind that nothing uses`,
    ];
  },

  ({ before, after }) => {
    if (before?.kind !== 'PersistentVolumeClaim' || !after) return [];
    return shrunk('the volume', claimMiB(before.spec), claimMiB(after.spec));
  },

  ({ before, after }) => {
    const now = new Map(after ? claimsOf(after).map((claim) => [claimName(claim), claim]) : []);
    if (!before || !after) return [];
    return claimsOf(before).flatMap((claim) => {
      const name = claimName(claim);
      const other = now.get(name);
      return other
        ? shrunk(`volume ${name}`, claimMiB(claim.spec), claimMiB(other.spec))
        : [`volume ${name} is used no more`];
    });
  },

  ({ before, after }) => {
    const fewer = replicasOf(before) - replicasOf(after);
    if (!before || !after || claimsOf(before).length === 0 || fewer <= 0) return [];
    return retention(after, 'whenScaled') === 'Delete'
      ? [`the volumes of ${counted(fewer, 'pod')} are deleted, as whenScaled says`]
      : [];
  },
];

const claimsOf = (object: KubeObject) =>
  object.kind === 'StatefulSet' ? listAt(object, 'spec', 'volumeClaimTemplates') : [];
const claimName = (claim: unknown): string => textAt(claim, 'metadata', 'name') ?? '';
const replicasOf = (object: KubeObject | undefined): number => numberAt(object, 'spec', 'replicas') ?? 1;
const retention = (object: KubeObject | undefined, when: 'whenDeleted' | 'whenScaled'): string =>
  textAt(object, 'spec', 'persistentVolumeClaimRetentionPolicy', when) ?? 'Retain';

const shrunk = (what: string, before: number, after: number): string[] =>
  after < before ? [`${what} shrinks from ${before} MiB to ${after} MiB, which no volume does in place`] : [];
