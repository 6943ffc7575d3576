import { execFile } from 'node:child_process';
import { KeelsonError } from '../../lib/config/problem.js';

type User = Readonly<Record<string, unknown>>;

interface Exec {
  readonly command: string;
  readonly apiVersion?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
}

/**
 * The user of a kubeconfig with what it logs in by: where that is a command, such as a cloud's, it is run.
 *
 * @throws KeelsonError where the command fails
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export async function execCredential(user: User, signal?: AbortSignal): Promise<User> {
  const exec = user.exec as Exec | undefined;
  if (exec === undefined) return user;
  const apiVersion = exec.apiVersion ?? 'client.authentication.k8s.io/v1';
  const env = {
    ...process.env,
    ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify({
      apiVersion,
      kind: 'ExecCredential',
      spec: { interactive: false },
    }),
  };
  const fail = (why: string): KeelsonError =>
    new KeelsonError('The kubeconfig', [
      {
        where: `exec ${exec.command}`,
        message: `gives no credentials: ${why}; run it by hand to see what is wrong`,
      },
    ]);
  const text = await new Promise<string>((resolve, reject) => {
    execFile(
      exec.command,
      [...(exec.args ?? [])],
      { env, signal, timeout: 60_000 },
      (error, stdout, stderr) =>
        error
          ? reject(fail(stderr.trim().split('\n').at(-1) || `${error.code ?? error.name}`))
          : resolve(stdout),
    );
  });
  const status = statusOf(text);
  if (!status?.token && !status?.clientCertificateData) throw fail('its output is no ExecCredential');
  const base64 = (value: string | undefined) => value && Buffer.from(value).toString('base64');
  return {
    token: status.token,
    'client-certificate-data': base64(status.clientCertificateData),
    'client-key-data': base64(status.clientKeyData),
  };
}

interface Status {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
}

function statusOf(text: string): Status | undefined {
  try {
    return (JSON.parse(text) as { status?: Status }).status;
  } catch {
    // What the parser says would quote the credentials.
    return undefined;
  }
}
