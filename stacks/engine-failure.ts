import type { Problem } from '../lib/config/problem.js';
import { pulumi as versions } from '../lib/config/versions.js';
import type { DeployFault } from './deploy-error.js';
import { explainForbidden } from './forbidden.js';
import { OWNER_ANNOTATION, ownerOf } from './owner.js';
import { resourceName } from './resource-name.js';
import { type Diagnostic, isTaken, plain } from './run-record.js';
import { lockHolders } from './stack-lock.js';

/** A failure as a person can act on it. */
export interface Failure {
  readonly fault: DeployFault;
  readonly problems: readonly Problem[];
}

interface Rule {
  readonly fault: DeployFault;
  readonly pattern: RegExp;
  readonly explain: (match: RegExpMatchArray, stack: string) => Problem;
  /** Each match is a problem of its own. @default false: the first says it all */
  readonly each?: boolean;
}

const PASSPHRASE = 'PULUMI_CONFIG_PASSPHRASE';

/** The first that fits the engine's text. */
const RULES: readonly Rule[] = [
  {
    fault: 'passphrase-missing',
    pattern: /passphrase must be set with PULUMI_CONFIG_PASSPHRASE/,
    explain: () => ({
      where: PASSPHRASE,
      message: `is not set, and without it the stack's secrets cannot be read; export it, or ${PASSPHRASE}_FILE with the path of a file that holds it`,
    }),
  },
  {
    fault: 'passphrase-wrong',
    pattern: /incorrect passphrase/,
    explain: (_, stack) => ({
      where: PASSPHRASE,
      message: `is not the passphrase of stack "${stack}"; export the one that the stack was made with. Nothing was changed`,
    }),
  },
  {
    fault: 'locked',
    pattern: /currently locked by|Another update is currently in progress/,
    explain: (_, stack) => ({
      where: `stack ${stack}`,
      message: `is being updated by somebody else; wait for the end, or, where that run is dead: pulumi cancel --stack ${stack}`,
    }),
  },
  {
    fault: 'unknown-stack',
    pattern: /no stack named '?([^\s']+)'? found|unknown stack "?([^\s"]+)"?/,
    explain: (match, stack) => ({
      where: `stack ${match[1] ?? match[2] ?? stack}`,
      message: `does not exist; pulumi stack ls lists those that do, and pulumi stack init ${stack} makes it`,
    }),
  },
  {
    fault: 'not-logged-in',
    pattern: /PULUMI_ACCESS_TOKEN must be set|no current backend|not logged in/i,
    explain: () => ({
      where: 'state',
      message:
        'has no place: nobody is logged in. Set backend.url in Pulumi.yaml (file://… or s3://…), or log in to Pulumi Cloud: pulumi login',
    }),
  },
  {
    fault: 'state-unreachable',
    pattern:
      /(?:unable to open bucket|could not list bucket|problem logging in|unable to check if bucket)[^\n]*/,
    explain: ([text]) => ({
      where: 'state',
      message: `cannot be reached; check backend.url in Pulumi.yaml or PULUMI_BACKEND_URL. The engine says: ${text}`,
    }),
  },
  {
    fault: 'killed',
    pattern: /Command was killed with (SIG\w+)/,
    explain: ([, signal], stack) => ({
      where: `stack ${stack}`,
      message: `its engine was killed (${signal}), by somebody or for want of memory; the same command goes on from here`,
    }),
  },
  {
    fault: 'state-broken',
    pattern: /failed to load checkpoint|unexpected end of JSON input|unexpected EOF/,
    explain: (_, stack) => ({
      where: `state of ${stack}`,
      message: `is cut off; in its folder (.pulumi/stacks/<project>/) put ${stack}.json.bak, the state one step before, in the place of ${stack}.json, and remove ${stack}.json.attrs`,
    }),
  },
  {
    fault: 'no-plugin',
    pattern:
      /no resource plugin 'pulumi-resource-([a-z-]+)'|could not (?:find|install) plugin|failed to (?:download|install) plugin/i,
    explain: ([, name = 'kubernetes']) => ({
      where: `plugin ${name}`,
      message: `is neither installed nor could it be downloaded; where the network is open: pulumi plugin install resource ${name}${name === 'kubernetes' ? ` ${versions.kubernetesPlugin}` : ''}`,
    }),
  },
  {
    fault: 'protected',
    pattern: /resource "?(urn:pulumi:[^\s"]+)"?[\s\S]{0,60}?protect/,
    each: true,
    explain: ([, urn = ''], stack) => protectedProblem(urn, stack),
  },
  {
    fault: 'cluster-unreachable',
    pattern:
      /[^\n]*(?:connection refused|ECONNREFUSED|no such host|ENOTFOUND|EAI_AGAIN|i\/o timeout|ETIMEDOUT|EHOSTUNREACH|no route to host|cluster is unreachable)[^\n]*/,
    explain: ([text]) => ({
      where: 'cluster',
      message: `does not answer; start it, or check keelson:kubeconfig and keelson:context. ${plain(text).slice(0, 200)}`,
    }),
  },
  {
    fault: 'cluster-refuses-credentials',
    pattern:
      /[^\n]*(?:\bUnauthorized\b|x509: |certificate has expired|SELF_SIGNED_CERT|must be logged in to the server)[^\n]*/,
    explain: ([text]) => ({
      where: 'cluster',
      message: `refuses the kubeconfig's credentials; renew them. ${plain(text).slice(0, 200)}`,
    }),
  },
];

/** An object that is not deleted because it holds data, and how to delete it all the same. */
export const protectedProblem = (urn: string, stack: string): Problem => {
  const { kind, name, isObject } = resourceName(urn);
  return {
    where: isObject ? `${kind} ${name}` : name,
    message: `holds data and is protected, so it is not deleted. If the data may go: pulumi state unprotect --stack ${stack} '${urn}', then again`,
  };
};

/** An object that the cluster has from somebody else, and how to take it over. */
export const takenProblem = (urn: string): Problem => {
  const { kind, name } = resourceName(urn);
  const [namespace, object] = name.includes('/') ? name.split('/') : [undefined, name];
  const where = namespace === undefined ? '' : `--namespace ${namespace} `;
  return {
    where: `${kind} ${name}`,
    message: `is in the cluster already and not this stack's, so it was left as it is. Give it another name, or let this stack take it over and change it: kubectl ${where}annotate ${kind} ${object} ${OWNER_ANNOTATION}=${ownerOf(urn)}, then again`,
  };
};

/** Facts that the engine's text gives about a failed run. */
export interface FailedRun {
  readonly stack: string;
  /** What the command wrote. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly cancelled: boolean;
}

/** Turns what the engine wrote into what a person can act on. */
export function explainFailure({ stack, text, diagnostics, cancelled }: FailedRun): Failure {
  if (cancelled)
    return {
      fault: 'cancelled',
      problems: [{ where: `stack ${stack}`, message: 'was interrupted; the same command goes on from here' }],
    };
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const everything = [...errors.map(({ message }) => message), text].join('\n');
  for (const { fault, pattern, explain, each } of RULES) {
    const matches = [...everything.matchAll(new RegExp(pattern, `${pattern.flags}g`))];
    const problems = matches
      .slice(0, each ? undefined : 1)
      .map((match) => withHolders(explain(match, stack), text));
    const unique = new Map(problems.map((problem) => [problem.where, problem]));
    if (unique.size > 0) return { fault, problems: [...unique.values()] };
  }
  if (errors.length > 0) {
    const problems = errors.map(({ object, urn, message }) =>
      urn !== undefined && isTaken(message)
        ? takenProblem(urn)
        : { where: object ?? `stack ${stack}`, message: explainForbidden(message) ?? message },
    );
    return { fault: errors.some(({ object }) => object) ? 'objects' : 'engine', problems };
  }
  return { fault: 'engine', problems: [{ where: `stack ${stack}`, message: lastError(text) }] };
}

function withHolders({ where, message }: Problem, text: string): Problem {
  const holders = lockHolders(text).map(
    (holder) => `${holder.user}@${holder.host} (process ${holder.process}) since ${holder.since}`,
  );
  return { where, message: holders.length > 0 ? `${message}. It is: ${holders.join(', ')}` : message };
}

/** The line that the engine itself calls an error, else the end of what it wrote. */
function lastError(text: string): string {
  const lines = plain(text)
    .split('\n')
    .map((line) => line.trim());
  const error = lines.find((line) => /^error: /.test(line));
  return plain(error ?? lines.filter(Boolean).slice(-3).join('; ')) || 'the engine ended without a word';
}
