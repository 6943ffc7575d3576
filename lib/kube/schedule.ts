const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The fields of a schedule. @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax */
const FIELDS = [
  { what: 'minute', from: 0, to: 59, names: [] as string[] },
  { what: 'hour', from: 0, to: 23, names: [] },
  { what: 'day of the month', from: 1, to: 31, names: [] },
  { what: 'month', from: 1, to: 12, names: MONTHS },
  { what: 'day of the week', from: 0, to: 6, names: DAYS },
];

const MACROS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a cron schedule as Kubernetes reads it, or undefined. */
export function scheduleProblem(schedule: unknown): string | undefined {
  const given = JSON.stringify(schedule);
  const expected = 'give five fields (minute hour day month weekday), such as "0 3 * * *"';
  if (typeof schedule !== 'string') return `${given} is no schedule; ${expected}`;
  if (MACROS.includes(schedule)) return undefined;
  const fields = schedule.split(' ');
  if (fields.length !== FIELDS.length) return `${given} has ${fields.length} fields; ${expected}`;
  for (const [index, { what, from, to, names }] of FIELDS.entries()) {
    const field = fields[index] ?? '';
    if (!field.split(',').every((part) => isPart(part, from, to, names)))
      return `${given}: "${field}" is no ${what}; use ${from}–${to}, "*", ranges as "1-5", lists as "1,2" or steps as "*/15"`;
  }
  return undefined;
}

/** `*`, `5`, `1-5`, each with or without a step such as `/15`. */
function isPart(part: string, from: number, to: number, names: readonly string[]): boolean {
  const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  if (step !== undefined && Number(step) < 1) return false;
  if (range === '*' || range === '?') return true;
  const ends = range.split('-').map((end) => readValue(end, from, names));
  return (
    ends.length <= 2 &&
    ends.every((end) => Number.isInteger(end) && end >= from && end <= to) &&
    (ends[0] ?? 0) <= (ends.at(-1) ?? 0)
  );
}

function readValue(text: string, from: number, names: readonly string[]): number {
  const name = names.indexOf(text.toLowerCase());
  if (name >= 0) return from + name;
  return /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
}
