/** What stands between two items that both lists have: these of the one became those of the other. */
export interface Gap {
  /** Indices. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Above so many comparisons a middle counts as rewritten. */
const MOST = 4_000_000;

/** Where two lists differ, by their longest common subsequence. */
export function gaps(before: readonly string[], after: readonly string[]): Gap[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const [rows, columns] = [before.length - start - end, after.length - start - end];

  const common = rows * columns <= MOST ? lengths(before, after, start, rows, columns) : undefined;
  const length = (row: number, column: number): number => common?.[row * (columns + 1) + column] ?? 0;
  const found: { before: number[]; after: number[] }[] = [];
  let open: { before: number[]; after: number[] } | undefined;
  for (let row = 0, column = 0; row < rows || column < columns; ) {
    if (common && row < rows && column < columns && before[start + row] === after[start + column]) {
      open = undefined;
      row++;
      column++;
      continue;
    }
    if (!open) {
      open = { before: [], after: [] };
      found.push(open);
    }
    if (row < rows && (column === columns || length(row + 1, column) >= length(row, column + 1)))
      open.before.push(start + row++);
    else open.after.push(start + column++);
  }
  return found;
}

/** Length of the longest common subsequence of what follows, for every pair of places in the middles. */
function lengths(
  before: readonly string[],
  after: readonly string[],
  start: number,
  rows: number,
  columns: number,
): Uint32Array {
  const table = new Uint32Array((rows + 1) * (columns + 1));
  const place = (row: number, column: number): number => row * (columns + 1) + column;
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      table[place(row, column)] =
        before[start + row] === after[start + column]
          ? 1 + (table[place(row + 1, column + 1)] ?? 0)
          : Math.max(table[place(row + 1, column)] ?? 0, table[place(row, column + 1)] ?? 0);
  return table;
}
