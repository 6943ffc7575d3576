import { didYouMean, type Problem } from '../lib/config/problem.js';
import type { SecretNeed } from '../lib/secret-needs.js';
import { SECRETS_KEY, secretPath, setRandomSecretCommand, setSecretCommand } from './config-command.js';

/** What the stack's configuration gives, measured by what the objects need. */
export interface SecretReview {
  /** What forbids going on whatever is done with the values. */
  readonly problems: readonly Problem[];
  /** Each with the command that mends it. */
  readonly missing: readonly Problem[];
  /** Values that nothing asks for: most likely misspelt names. */
  readonly warnings: readonly string[];
  readonly value: (need: SecretNeed, key: string) => string | undefined;
}

/**
 * Reviews `keelson:secrets`. Never repeats a value.
 *
 * @param given the parsed configuration value, undefined where there is none
 * @param encrypted whether the configuration stores it encrypted
 */
export function reviewSecrets(
  needs: readonly SecretNeed[],
  given: unknown,
  { stack, encrypted }: { readonly stack: string; readonly encrypted: boolean },
): SecretReview {
  const values = isRecord(given) ? given : {};
  const problems: Problem[] = [];
  if (given !== undefined && !isRecord(given))
    problems.push({
      where: SECRETS_KEY,
      message: `is no object of secrets; remove it (pulumi config rm --stack ${stack} ${SECRETS_KEY}) and set each value with: ${setSecretCommand(stack, 'NAME', 'KEY')}`,
    });
  else if (given !== undefined && !encrypted)
    problems.push({
      where: SECRETS_KEY,
      message: `is stored in clear. Remove it (pulumi config rm --stack ${stack} ${SECRETS_KEY}), change the values where they come from, and set each with: ${setSecretCommand(stack, 'NAME', 'KEY')}`,
    });
  const value = ({ name }: SecretNeed, key: string): string | undefined => {
    const secret = Object.hasOwn(values, name) ? values[name] : undefined;
    const found = isRecord(secret) && Object.hasOwn(secret, key) ? secret[key] : undefined;
    // Pulumi turns "true" and "42" into a boolean and a number when they are set by path.
    return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
      ? `${found}`
      : undefined;
  };
  const missing = needs.flatMap((need) =>
    need.keys
      .filter((key) => !value(need, key))
      .map((key) => ({
        where: secretPath(need.name, key),
        message: `is not set; ${
          need.generate
            ? `any random value will do: ${setRandomSecretCommand(stack, need.name, key)}`
            : `set it with: ${setSecretCommand(stack, need.name, key)}`
        }`,
      })),
  );
  return { problems, missing: unique(missing), warnings: unneeded(needs, values), value };
}

function unneeded(needs: readonly SecretNeed[], values: Record<string, unknown>): string[] {
  const names = [...new Set(needs.map(({ name }) => name))];
  return Object.entries(values).flatMap(([name, keys]) => {
    const wanted = needs.filter((need) => need.name === name).flatMap((need) => need.keys);
    if (wanted.length === 0) return [`${SECRETS_KEY}.${name} is used by nothing${didYouMean(name, names)}`];
    return Object.keys(isRecord(keys) ? keys : {})
      .filter((key) => !wanted.includes(key))
      .map((key) => `${secretPath(name, key)} is used by nothing${didYouMean(key, wanted)}`);
  });
}

/** The same secret in two namespaces is one value, so one problem. */
const unique = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [problem.where, problem])).values(),
];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
