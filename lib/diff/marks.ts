import { MARK_KINDS, type Mark, type MarkKind, type Rule } from './mark.js';
import { COST } from './marks/cost.js';
import { DATA_LOSS } from './marks/data-loss.js';
import { DOWNTIME } from './marks/downtime.js';
import { EXPOSURE } from './marks/exposure.js';
import { IMAGE } from './marks/image.js';
import { MACHINES } from './marks/machines.js';
import { PRIVILEGE } from './marks/privilege.js';
import type { ObjectChange } from './object-change.js';
import type { World } from './world.js';

const RULES: Readonly<Record<MarkKind, readonly Rule[]>> = {
  'data loss': DATA_LOSS,
  downtime: DOWNTIME,
  exposure: EXPOSURE,
  privilege: PRIVILEGE,
  image: IMAGE,
  cost: COST,
};

/** Why somebody should look at a change, the worst first. */
export const marksOf = (change: ObjectChange, world: World): Mark[] =>
  MARK_KINDS.flatMap((kind) =>
    [
      ...new Set([...RULES[kind], ...(MACHINES[kind] ?? [])].flatMap((rule) => judged(rule, change, world))),
    ].map((text) => ({ kind, text })),
  );

/** Folders may hold what no server would take: a value of another type than its field has. That is no reason to stop. */
function judged(rule: Rule, change: ObjectChange, world: World): readonly string[] {
  try {
    return rule(change, world);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return ['this cannot be judged: a field near it has a value that Kubernetes does not take'];
  }
}
