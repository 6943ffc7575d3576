/*
 * What was thrown, without `instanceof Error`: under Jest the errors of Node's own modules come from another realm, and
 * are no instances of the Error that is in scope.
 */

/** The text of whatever was thrown; for a failed `fetch` the cause, as its own message only says that it failed. */
export function messageOf(error: unknown): string {
  const cause = property(error, 'cause');
  return text(cause, 'message') || text(error, 'message') || String(error);
}

/** The code that Node's errors carry, such as ENOENT. */
export function codeOf(error: unknown): string {
  return text(error, 'code');
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function text(value: unknown, name: string): string {
  const found = property(value, name);
  return typeof found === 'string' ? found : '';
}
