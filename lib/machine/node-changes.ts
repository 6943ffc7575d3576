/** What a node.json holds, of whichever release. */
export type NodeRecord = Readonly<Record<string, unknown>>;

/**
 * What differs between two configurations of a machine, a line each. A node.json holds no secret, so values are shown.
 *
 * @example
 * nodeChanges(before, after); // ['sshKeys: + ada@example.com', 'versions.k3s: k3s_1_34 → k3s_1_35']
 */
export const nodeChanges = (before: NodeRecord, after: NodeRecord): string[] => changes([], before, after);

function changes(path: readonly string[], before: unknown, after: unknown): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isRecord(before) && isRecord(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      changes([...path, key], before[key], after[key]),
    );
  return [
    `${path.join('.')}: ${Array.isArray(before) && Array.isArray(after) ? items(before, after) : `${text(before)} → ${text(after)}`}`,
  ];
}

function items(before: readonly unknown[], after: readonly unknown[]): string {
  const [old, now] = [before.map(text), after.map(text)];
  const gone = old.filter((one) => !now.includes(one)).map((one) => `- ${one}`);
  const come = now.filter((one) => !old.includes(one)).map((one) => `+ ${one}`);
  return [...gone, ...come].join(', ') || 'in another order';
}

const isRecord = (value: unknown): value is NodeRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PUBLIC_KEY = /^(?:ssh|ecdsa|sk)-\S+ (\S+) ?(.*)$/;

function text(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value !== 'string') return JSON.stringify(value);
  const [, data = '', comment] = PUBLIC_KEY.exec(value) ?? [];
  return comment || (data ? `key …${data.slice(-12)}` : value);
}
