/** How many events there are of each kind. */
export type Counts = ReadonlyMap<string, number>;

/** What the page of streams says: a line a kind. */
export const shownCounts = (page: string): Counts =>
  new Map([...page.matchAll(/^(.+): (\d+)$/gm)].map(([, kind = '', count]) => [kind, Number(count)]));

type Entry = readonly [id: string, fields: readonly string[]];

/** What XRANGE answers: entries of one field, the event's kind. */
export function writtenCounts(entries: readonly Entry[]): Counts {
  const counts = new Map<string, number>();
  for (const [, [, kind = '']] of entries) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** By kind, how many of these there are more than of those. */
export const missingIn = (those: Counts, these: Counts): Counts =>
  new Map(
    [...these]
      .map(([kind, count]) => [kind, count - (those.get(kind) ?? 0)] as const)
      .filter(([, missing]) => missing > 0),
  );

export const sumOf = (counts: Counts): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

interface Group {
  readonly pending: number;
  /** Entries that were given to nobody yet; Redis may not know. */
  readonly lag: number | null;
}

/** What XINFO GROUPS answers: whether there is a group, and each has read and acknowledged every event. */
export const isConsumed = (groups: readonly Group[]): boolean =>
  groups.length > 0 && groups.every(({ pending, lag }) => pending === 0 && lag === 0);
