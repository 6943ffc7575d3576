import { isSecretRef, type SecretRef, secretRefProblem } from './secret-ref.js';

const CREDENTIAL_NAME = /(PASSWORD|PASSWD|TOKEN|SECRET|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY)/i;
const CREDENTIAL_VALUE = /:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** What is wrong with a workload's variables. A value is never repeated: it may be a secret. */
export function environmentProblems(variables: Readonly<Record<string, string | SecretRef>> = {}): string[] {
  return Object.entries(variables).flatMap(([name, value]: [string, unknown]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      return [`env: ${JSON.stringify(name)} is no name of a variable; use letters, digits and "_"`];
    if (isSecretRef(value)) {
      const problem = secretRefProblem(value);
      return problem ? [`env.${name}: ${problem}`] : [];
    }
    if (typeof value !== 'string')
      return [`env.${name}: a ${typeof value} was given; text or secretRef(…) is expected`];
    return CREDENTIAL_NAME.test(name) || CREDENTIAL_VALUE.test(value)
      ? [`env.${name}: ${secretRefProblem(value)}`]
      : [];
  });
}
