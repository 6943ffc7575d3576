import type { LabelSelector } from 'kubernetes-types/meta/v1';

export type Labels = Readonly<Record<string, string>>;

/** Whether a selector takes these labels, as the API server decides it: an empty selector takes everything. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  const pairs = Object.entries(selector.matchLabels ?? {});
  return (
    pairs.every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const listed = value !== undefined && values.includes(value);
      return operator === 'In' ? listed : !listed;
    })
  );
}

/** Finds the selectors that take given labels without trying each: a thousand services have a thousand policies. */
export class SelectorIndex<T> {
  private readonly byPair = new Map<string, { selector: LabelSelector; item: T }[]>();
  private readonly others: { selector: LabelSelector; item: T }[] = [];

  add(selector: LabelSelector, item: T): void {
    const [pair] = Object.entries(selector.matchLabels ?? {});
    if (!pair) {
      this.others.push({ selector, item });
      return;
    }
    const key = pair.join('=');
    const bucket = this.byPair.get(key) ?? [];
    bucket.push({ selector, item });
    this.byPair.set(key, bucket);
  }

  matching(labels: Labels): T[] {
    const candidates = Object.entries(labels).flatMap((pair) => this.byPair.get(pair.join('=')) ?? []);
    return [...this.others, ...candidates]
      .filter(({ selector }) => selects(selector, labels))
      .map(({ item }) => item);
  }
}
