import { LocalWorkspace } from '@pulumi/pulumi/automation';
import { KeelsonError, type Problem } from '../lib/config/problem.js';
import type { SecretNeed } from '../lib/secret-needs.js';
import { isEncrypted } from './clear-secrets.js';
import { SECRETS_KEY } from './config-command.js';
import type { DeployOptions } from './deploy-options.js';
import { reviewSecrets } from './secret-values.js';

type Options = Pick<DeployOptions, 'workDir' | 'engine' | 'synthesis' | 'generateSecrets'>;

/** The parts of a `Pulumi.<stack>.yaml` that say which secrets it has. */
export interface SecretsFile {
  readonly config?: Readonly<Record<string, unknown>>;
  /** Environments of Pulumi Cloud, whose values are not in the file. */
  readonly environment?: unknown;
}

/**
 * Refuses stacks whose files have no value for what they need. A run reviews its own stack alone, and when it comes to
 * it: those before it would be made by then.
 *
 * @throws KeelsonError with the command that sets each
 */
export async function refuseMissingSecrets(stacks: readonly string[], options: Options): Promise<void> {
  const problems = await missingSecrets(stacks, options);
  if (problems.length > 0) throw new KeelsonError('The configuration, before anything is made', problems);
}

async function missingSecrets(
  stacks: readonly string[],
  { workDir, engine, synthesis, generateSecrets }: Options,
): Promise<Problem[]> {
  const needy = synthesis.stacks
    .filter(({ name }) => stacks.includes(name))
    .map(({ name, secrets }) => ({
      name,
      needs: secrets.filter(({ generate }) => !(generateSecrets && generate)),
    }))
    .filter(({ needs }) => needs.length > 0);
  if (needy.length === 0) return [];
  const workspace = await LocalWorkspace.create({ workDir, pulumiCommand: engine });
  const project: object | undefined = await workspace.projectSettings().catch(() => undefined);
  if (project !== undefined && 'stackConfigDir' in project) return [];
  const problems = await Promise.all(
    needy.map(async ({ name, needs }) =>
      missingIn(await workspace.stackSettings(name).catch(() => ({})), needs, name),
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
