import { gibibytesOf, isPlanned, isProtected, monthlyUsd } from '../../digitalocean/planned.js';
import { effectOf } from '../../digitalocean/replacements.js';
import type { KubeObject } from '../../kube/object.js';
import { at, listAt, textAt, textsAt } from '../json.js';
import { fateOf, goesAway, type MarkKind, type Rule } from '../mark.js';

/** Resources that take data with them. */
const HOLDERS: Readonly<Record<string, string>> = {
  Droplet: 'with everything on its own disk',
  KubernetesCluster: 'with everything in it',
  SpacesBucket: 'with every snapshot in it',
  Volume: 'with everything on it',
};

/** What ends with a resource, for whoever uses the cluster. */
const ENDS: Readonly<Record<string, string>> = {
  DnsRecord: 'its name leads nowhere meanwhile',
  Domain: 'all names of the zone lead nowhere',
  Droplet: 'what runs on the machine stops',
  KubernetesCluster: 'everything in it stops',
  KubernetesNodePool: 'its nodes stop, and their pods start elsewhere',
  LoadBalancer: "the cluster's public address is another one",
  ReservedIp: "the cluster's public address is another one",
};

/** What becomes of a cluster's machines, and of what belongs to them. */
export const MACHINES: Partial<Readonly<Record<MarkKind, readonly Rule[]>>> = {
  'data loss': [
    (change) => {
      const { before } = change;
      const what = before && isPlanned(before) ? HOLDERS[before.kind] : undefined;
      if (!before || what === undefined || !goesAway(change)) return [];
      return [`it is ${fateOf(change)}, ${what}${refused(before)}`];
    },
    ({ before, after }) => {
      if (before?.kind !== 'Volume' || !after || !isPlanned(before)) return [];
      const [old, now] = [before, after].map(gibibytesOf) as [number, number];
      return now < old
        ? [`the volume shrinks from ${old} GiB to ${now} GiB, which none does: up refuses it`]
        : [];
    },
  ],

  downtime: [
    (change) => {
      const { before } = change;
      const what = before && isPlanned(before) ? ENDS[before.kind] : undefined;
      return before && what !== undefined && goesAway(change) ? [`${what}${refused(before)}`] : [];
    },
    ({ before, after, fields, action }) => {
      if (!before || !after || !isPlanned(after) || action !== 'update') return [];
      return fields
        .filter(({ path: [root, property = ''] }) => {
          const values = [before, after].map((object) => at(object, 'spec', property));
          return root === 'spec' && effectOf(after.kind, property, ...values) === 'powers off';
        })
        .map(
          () => 'the machine is powered off, changed and powered on again; nothing on it answers meanwhile',
        );
    },
  ],

  exposure: [
    ({ before, after }) => {
      if (after?.kind !== 'Firewall' || !isPlanned(after)) return [];
      const known = new Set(before ? openings(before) : []);
      return openings(after).filter((opening) => !known.has(opening));
    },
  ],

  cost: [
    ({ before, after }) => {
      const cents = Math.round(100 * (monthlyUsd(after) - monthlyUsd(before)));
      return cents > 0 ? [`+${cents / 100} USD a month`] : [];
    },
  ],
};

const refused = (object: KubeObject): string =>
  isProtected(object) ? '; it is protected, so up refuses it' : '';

/** `22/tcp is open to 203.0.113.7/32`. */
const openings = (firewall: KubeObject): string[] =>
  listAt(firewall, 'spec', 'inboundRules').flatMap((rule) => {
    const ports = [textAt(rule, 'portRange'), textAt(rule, 'protocol')].filter(Boolean).join('/');
    return textsAt(rule, 'sourceAddresses').map((source) => `${ports} is open to ${source}`);
  });
