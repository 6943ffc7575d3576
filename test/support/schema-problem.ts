/** Where a check stands, and what it has found. */
export interface Walk {
  readonly path: (string | number)[];
  readonly problems: string[];
}

export type Check = (value: unknown, walk: Walk) => void;

/** A value as a problem names it. */
export const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : String(JSON.stringify(value));
};

export function report({ path, problems }: Walk, problem: string): void {
  const where = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  problems.push(`${where.replace(/^\./, '') || '(root)'}: ${problem}`);
}
