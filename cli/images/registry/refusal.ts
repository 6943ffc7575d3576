import { KeelsonError } from '../../../lib/config/problem.js';
import { printable } from '../../../stacks/printable.js';
import { type Answer, codeIn, retryAfter } from '../../../stacks/retried.js';
import type { Place } from './place.js';

/** What was wanted of a registry. */
export interface Wanted {
  readonly place: Place;
  /** Behind the repository: `:1.4.2`, `@sha256:…`, or empty. */
  readonly reference: string;
  readonly action: 'pull' | 'push';
  /** Whose login was used, if any. */
  readonly user: string | undefined;
}

/** Why a registry did not do it, and what a person can do about that. */
export function refusal(wanted: Wanted, answer: Answer): KeelsonError {
  return problem(wanted, `${explanation(wanted, answer)}${quoted(answer.bytes)}`);
}

function explanation({ place, action, user }: Wanted, { status, headers }: Answer): string {
  const login = `\`docker login ${new URL(place.origin).host}\``;
  switch (status) {
    case 401:
      return user === undefined
        ? `asks for a login: ${login}`
        : `refuses the login of ${user}; log in anew: ${login}`;
    case 403:
      return user === undefined
        ? `lets nobody ${action} without a login: ${login}`
        : `does not let ${user} ${action}; ask its owner, or use another login: ${login}`;
    case 404:
      return 'does not know it';
    case 405:
      return 'takes no pushes now: it is read-only, as while it collects garbage; try again in a minute';
    case 413:
      return 'says that it is too large (status 413); a proxy before the registry may have a limit';
    case 429: {
      const wait = retryAfter(headers, Date.now());
      const seconds = wait === undefined ? '' : ` for ${Math.ceil(wait / 1000)} s`;
      return `has had too many requests (status 429) and asks to wait${seconds}${user === undefined ? `; a login may be allowed more: ${login}` : ''}`;
    }
    default:
      return `answers with status ${status}${status >= 500 ? ', also when asked again' : ''}`;
  }
}

/** Why there was no answer at all. */
export function noAnswer(wanted: Wanted, error: unknown): KeelsonError {
  const code = codeIn(error);
  const { name, message } = (error ?? {}) as Partial<Error>;
  if (name === 'TimeoutError') return problem(wanted, 'has not answered in time');
  if (message === 'terminated' || code === 'UND_ERR_SOCKET')
    return problem(wanted, 'broke its answer off before the end, also when asked again');
  return problem(
    wanted,
    `cannot be reached: ${code ?? reasonIn(error) ?? message}${hint(code ?? '', wanted.place)}`,
  );
}

const reasonIn = (error: unknown): string | undefined =>
  (error as { cause?: Partial<Error> } | undefined)?.cause?.message;

function hint(code: string, { host, origin }: Place): string {
  if (/SELF_SIGNED|UNABLE_TO|CERT_/.test(code))
    return '; if its certificate is signed by an authority of your own, name its file in NODE_EXTRA_CA_CERTS';
  if (/^ERR_SSL|EPROTO/.test(code))
    return `; it does not seem to speak TLS: try --via ${host}=http://${new URL(origin).host}`;
  if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN/.test(code))
    return `; a registry inside the cluster is reached by a port forward: --via ${host}=localhost:5000`;
  return '';
}

export const problem = ({ place, reference }: Omit<Wanted, 'user' | 'action'>, message: string) =>
  new KeelsonError(`The registry ${place.host}`, [{ where: `${place.path}${reference}`, message }]);

/** The registry's own words; no more than a line of them. @see https://github.com/opencontainers/distribution-spec */
function quoted(bytes: Uint8Array): string {
  try {
    const { errors } = JSON.parse(new TextDecoder().decode(bytes)) as {
      errors?: { code?: unknown; message?: unknown }[];
    };
    const [{ code, message } = {}] = errors ?? [];
    const text = [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
    return text === '' ? '' : ` (${printable(text).slice(0, 200)})`;
  } catch {
    return '';
  }
}
