import { randomBytes } from 'node:crypto';
import type { Stack } from '@pulumi/pulumi/automation';
import type { SecretNeed } from '../lib/secret-needs.js';
import { SECRETS_KEY, secretPath } from './config-command.js';
import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';

/** Bytes of randomness in a generated value, which is written in hexadecimal. */
const STRENGTH = 32;

/**
 * Sets random values for secrets that allow it and have none, encrypted in the stack's file. The values go through
 * the engine's standard input: the Automation API would put them on its command line, where every process sees them.
 *
 * @returns the paths that were set
 */
export async function generateSecrets(
  stack: Stack,
  needs: readonly SecretNeed[],
  options: DeployOptions,
): Promise<string[]> {
  const wanted = needs.filter(({ generate }) => generate);
  if (wanted.length === 0) return [];
  const settings = await stack.workspace.stackSettings(stack.name).catch(() => undefined);
  const given = settings?.config?.[SECRETS_KEY] as Record<string, Record<string, unknown>> | undefined;
  const missing = wanted.flatMap(({ name, keys }) =>
    keys.filter((key) => given?.[name]?.[key] === undefined).map((key) => secretPath(name, key)),
  );
  const paths = [...new Set(missing)];
  for (const path of paths)
    await runEngine(
      ['config', 'set', '--secret', '--path', path],
      options,
      randomBytes(STRENGTH).toString('hex'),
    );
  return paths;
}
