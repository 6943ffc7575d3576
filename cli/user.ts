import { userInfo } from 'node:os';

/**
 * Whose personal environment belongs to this machine: `KEELSON_USER`, else the login name as a DNS label. In CI
 * nobody's: what it writes must not depend on its account.
 */
export function currentUser(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = environment.KEELSON_USER;
  if (given !== undefined) return given === '' ? undefined : given;
  if (environment.CI) return undefined;
  return toLabel(userInfo().username);
}

/** `Ada Lovelace` → `ada-lovelace`; undefined where nothing of a name is left. */
export function toLabel(name: string): string | undefined {
  const label = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return label === '' ? undefined : label;
}
