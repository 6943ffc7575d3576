import { SECRETS_KEY } from './config-command.js';

/**
 * Paths below `keelson:secrets` whose values a stack's file holds in clear. The engine tells a program only whether
 * any of them is encrypted, so the file itself is the one place to see it.
 *
 * @param config the `config` of a `Pulumi.<stack>.yaml`
 */
export const clearSecrets = (config: Readonly<Record<string, unknown>> | undefined): string[] =>
  leaves(config?.[SECRETS_KEY], SECRETS_KEY);

function leaves(value: unknown, path: string): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [path];
  if (isEncrypted(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

/** Whether a stack's file has a value as `secure: …` alone. */
export const isEncrypted = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 1 &&
  typeof (value as { secure?: unknown }).secure === 'string';
