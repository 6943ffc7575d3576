import { LocalWorkspace } from '@pulumi/pulumi/automation';
import type { Problem } from '../lib/config/problem.js';
import type { SecretNeed } from '../lib/secret-needs.js';
import { isEncrypted } from './clear-secrets.js';
import { SECRETS_KEY } from './config-command.js';
import type { DeployOptions } from './deploy-options.js';
import { reviewSecrets } from './secret-values.js';

/** The parts of a `Pulumi.<stack>.yaml` that say which secrets it has. */
export interface SecretsFile {
  readonly config?: Readonly<Record<string, unknown>>;
  /** Environments of Pulumi Cloud, whose values are not in the file. */
  readonly environment?: unknown;
}

/**
 * What stacks need and their files have no value for, each with the command that sets it. A run reviews its own stack
 * alone, and when it comes to it.
 */
export async function missingSecrets(
  stacks: readonly string[],
  { workDir, engine, synthesis }: Pick<DeployOptions, 'workDir' | 'engine' | 'synthesis'>,
): Promise<Problem[]> {
  const workspace = await LocalWorkspace.create({ workDir, pulumiCommand: engine });
  const project: object | undefined = await workspace.projectSettings().catch(() => undefined);
  if (project !== undefined && 'stackConfigDir' in project) return [];
  const problems = await Promise.all(
    synthesis.stacks
      .filter(({ name }) => stacks.includes(name))
      .map(async ({ name, secrets }) =>
        missingIn(await workspace.stackSettings(name).catch(() => ({})), secrets, name),
      ),
  );
  return problems.flat();
}

/** Nothing is said of a file that does not show what it has: the stack's own run will. */
export function missingIn(
  file: SecretsFile,
  needs: readonly SecretNeed[],
  stack: string,
): readonly Problem[] {
  const given = file.config?.[SECRETS_KEY];
  if (file.environment !== undefined || isEncrypted(given)) return [];
  return reviewSecrets(needs, shown(given), { stack, encrypted: true }).missing;
}

/** With a word in place of each encrypted value. */
function shown(value: unknown): unknown {
  if (isEncrypted(value)) return 'encrypted';
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}
