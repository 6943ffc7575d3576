import type { ObjectChange } from './object-change.js';
import type { World } from './world.js';

/** What a change may cost, the worst first. */
export const MARK_KINDS = ['data loss', 'downtime', 'exposure', 'privilege', 'image', 'cost'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** Why somebody should look at a change. */
export interface Mark {
  readonly kind: MarkKind;
  readonly text: string;
}

/** One reason to mark a change: what it says of it, or nothing. */
export type Rule = (change: ObjectChange, world: World) => readonly string[];

/** `apps/v1` `StatefulSet` and others have pods of their own. */
export const WORKLOADS: readonly string[] = [
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'StatefulSet',
];

/** Whether the object of the old name goes away. */
export const goesAway = ({ action }: ObjectChange): boolean =>
  action === 'delete' || action === 'replace' || action === 'rename';

/** How it goes away, for a sentence. */
export const FATE = {
  delete: 'deleted',
  replace: 'deleted and made anew',
  rename: 'deleted under its old name',
};
export const fateOf = ({ action }: ObjectChange): string => FATE[action as keyof typeof FATE];

/** `1 host`, `2 hosts`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
