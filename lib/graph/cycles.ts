interface Arrow {
  readonly from: string;
  readonly to: string;
}

/**
 * Groups of nodes that can all reach each other: Kosaraju's strongly connected components, without single nodes
 * that do not use themselves. In the order of `ids`.
 *
 * @see https://en.wikipedia.org/wiki/Kosaraju%27s_algorithm
 */
export function cyclesOf(ids: readonly string[], edges: readonly Arrow[]): string[][] {
  const forth = neighbours(edges);
  const back = neighbours(edges.map(({ from, to }) => ({ from: to, to: from })));
  const seen = new Set<string>();
  const finished = ids.flatMap((id) => visit(id, forth, seen));
  const taken = new Set<string>();
  const order = new Map(ids.map((id, index) => [id, index]));
  const rank = (id = '') => order.get(id) ?? 0;
  return finished
    .reverse()
    .map((id) => visit(id, back, taken).sort((a, b) => rank(a) - rank(b)))
    .filter(([id = '', ...others]) => others.length > 0 || forth.get(id)?.includes(id))
    .sort(([a], [b]) => rank(a) - rank(b));
}

function neighbours(edges: readonly Arrow[]): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = map.get(from);
    if (known) known.push(to);
    else map.set(from, [to]);
  }
  return map;
}

/** What is reached from `start` and not yet in `seen`, in the order of being finished; no recursion: chains are long. */
function visit(start: string, next: ReadonlyMap<string, readonly string[]>, seen: Set<string>): string[] {
  if (seen.has(start)) return [];
  seen.add(start);
  const finished: string[] = [];
  const path = [{ id: start, at: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const id = next.get(top.id)?.[top.at++];
    if (id === undefined) {
      finished.push(top.id);
      path.pop();
    } else if (!seen.has(id)) {
      seen.add(id);
      path.push({ id, at: 0 });
    }
  }
  return finished;
}
