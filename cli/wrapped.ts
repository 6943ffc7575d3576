export interface WrapOptions {
  /** Columns. */
  readonly width: number;
  /** Begins the first line. @default nothing */
  readonly first?: string;
  /** Begins every other line. @default as the first */
  readonly rest?: string;
  /** What may end a line. @default a space */
  readonly separator?: ' ' | ', ';
}

/**
 * Breaks a text between its parts; what is longer than a line alone, such as a path, stays whole, and a comma stays at
 * the end of its line.
 */
export function wrapped(
  text: string,
  { width, first = '', rest = first, separator = ' ' }: WrapOptions,
): string[] {
  const parts = text.split(separator === ' ' ? /\s+/ : separator);
  const comma = separator.trimEnd();
  const lines: string[] = [];
  parts.forEach((part, index) => {
    const ended = index < parts.length - 1 ? `${part}${comma}` : part;
    const last = lines.at(-1);
    if (last === undefined) lines.push(`${first}${ended}`);
    else if (last.length + 1 + ended.length <= width) lines[lines.length - 1] = `${last} ${ended}`;
    else lines.push(`${rest}${ended}`);
  });
  return lines;
}
