import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Stack } from '@pulumi/pulumi/automation';
import type { SecretNeed } from '../lib/synth.js';
import { SECRETS_KEY, secretPath } from './config-command.js';
import type { DeployOptions } from './deploy-options.js';
import { engineEnvironment } from './workspace.js';

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
  for (const path of paths) await setSecret(path, randomBytes(STRENGTH).toString('hex'), options);
  return paths;
}

function setSecret(path: string, value: string, options: DeployOptions): Promise<void> {
  const args = ['config', 'set', '--secret', '--path', path, '--stack', options.stack, '--non-interactive'];
  return new Promise((resolve, reject) => {
    const child = execFile(
      options.engine.command,
      args,
      { cwd: options.workDir, env: { ...process.env, ...engineEnvironment(options) } },
      (error, _stdout, stderr) => (error ? reject(new Error(stderr || error.message)) : resolve()),
    );
    child.stdin?.end(value);
  });
}
