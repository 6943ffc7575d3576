import type { Problem } from '../lib/config/problem.js';
import { pulumi as versions } from '../lib/config/versions.js';
import type { DeployFault } from './deploy-error.js';
import { protectedProblem } from './refused-objects.js';
import { plain } from './run-record.js';
import { CUT_OFF } from './state-file.js';
import { logicalNameIn } from './targets.js';

/** What the engine writes of a failure, and what that means. */
export interface FailureRule {
  readonly fault: DeployFault;
  readonly pattern: RegExp;
  /** @param startAnew what a person types where the state is thrown away. @default none: it is to be saved */
  readonly explain: (match: RegExpMatchArray, stack: string, startAnew?: string) => Problem;
  /** Each match is a problem of its own. @default false: the first says it all */
  readonly each?: boolean;
}

const PASSPHRASE = 'PULUMI_CONFIG_PASSPHRASE';

/** A line of the engine's, as long as a person reads it. */
const said = (line: string): string => plain(line).slice(0, 200);

const KILLED = /Command was killed with (SIG\w+)/;

/** Whether a run ended because something ended its engine. */
export const isKilled = (text: string): boolean => KILLED.test(text);

/** The first that fits the engine's text. */
export const FAILURE_RULES: readonly FailureRule[] = [
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
    explain: (_, stack, startAnew) =>
      startAnew
        ? {
            where: `state of ${stack}`,
            message: `was encrypted with another passphrase than the one in its folder. Nothing in it is to be kept: ${startAnew}`,
          }
        : {
            where: PASSPHRASE,
            message: `is not the passphrase of stack "${stack}"; export the one that the stack was made with. Nothing was changed`,
          },
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
    // Pulumi Cloud's words, and the engine's for a token that it has no account for.
    fault: 'not-logged-in',
    pattern: /No credentials provided or are invalid|invalid access token/,
    explain: () => ({
      where: 'PULUMI_ACCESS_TOKEN',
      message:
        'is not taken by Pulumi Cloud, where the state lies; set one that is good there, or without the variable: pulumi login. Nothing was changed',
    }),
  },
  {
    fault: 'state-unreachable',
    pattern:
      /(?:unable to open bucket|could not list bucket|problem logging in|unable to check if bucket|blob \(key "\.pulumi\/)[^\n]*/,
    explain: ([text]) => ({
      where: 'state',
      message: `cannot be reached; check backend.url in Pulumi.yaml or PULUMI_BACKEND_URL. The engine says: ${text}`,
    }),
  },
  {
    fault: 'killed',
    pattern: KILLED,
    explain: ([, signal], stack) => ({
      where: `stack ${stack}`,
      message: `its engine was killed (${signal}), by somebody or for want of memory; the same command goes on from here, or says what has to be done first`,
    }),
  },
  {
    fault: 'state-broken',
    pattern: CUT_OFF,
    explain: (_, stack, startAnew) => ({
      where: `state of ${stack}`,
      message: startAnew
        ? `is cut off. Nothing in it is to be kept: ${startAnew}`
        : `is cut off; in its folder (.pulumi/stacks/<project>/) put ${stack}.json.bak, the state before the last run, in the place of ${stack}.json, and remove ${stack}.json.attrs. Then keelson refresh brings it up to the cluster, and the next up takes back what it lacks`,
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
    fault: 'objects',
    pattern: /Resource '(urn:pulumi:[^']+)' will be destroyed but was not specified in --target list/,
    each: true,
    explain: ([, urn = '']) => ({
      where: logicalNameIn(urn),
      message:
        'is no longer in the application and depends on what was chosen, which would leave it behind. Bring everything up, without naming services',
    }),
  },
  {
    fault: 'objects',
    pattern: /Resource '(urn:pulumi:[^']+)' depends on '(urn:pulumi:[^']+)' which was was not specified/,
    each: true,
    explain: ([, urn = '', needed = '']) => ({
      where: logicalNameIn(urn),
      message: `needs ${logicalNameIn(needed)}, which was not chosen and is not there yet. Choose it as well, with --deep whatever is used`,
    }),
  },
  {
    // The same fault as of refused credentials: whoever renews the access renews what it trusts.
    fault: 'cluster-refuses-credentials',
    pattern:
      /[^\n]*(?:signed by unknown authority|certificate is valid for|not valid for any names|contain any IP SANs|SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER|CERT_ALTNAME_INVALID)[^\n]*/,
    explain: ([text]) => ({
      where: 'cluster',
      message: `shows a certificate that the kubeconfig does not trust, so nothing was sent to it; check the kubeconfig's server and certificate-authority-data: at that address there may be another cluster, or this one made anew. ${said(text)}`,
    }),
  },
  {
    fault: 'cluster-refuses-credentials',
    pattern:
      /[^\n]*(?:\bUnauthorized\b|x509: |certificate has expired|CERT_HAS_EXPIRED|must be logged in to the server|asked for the client to provide credentials)[^\n]*/,
    explain: ([text]) => ({
      where: 'cluster',
      message: `refuses the kubeconfig's credentials; renew them. ${said(text)}`,
    }),
  },
  // After the two above, of which the kubernetes plugin says as well that the cluster is unreachable.
  {
    fault: 'cluster-unreachable',
    pattern:
      /[^\n]*(?:connection refused|ECONNREFUSED|no such host|ENOTFOUND|EAI_AGAIN|i\/o timeout|ETIMEDOUT|EHOSTUNREACH|no route to host|cluster is unreachable)[^\n]*/,
    explain: ([text]) => ({
      where: 'cluster',
      message: `does not answer; start it, or check keelson:kubeconfig and keelson:context. ${said(text)}`,
    }),
  },
  {
    fault: 'cluster-unreachable',
    pattern:
      /(?:Get|Post|Put|Patch|Delete) "https:[^\n]+?: (?:(?:unexpected )?EOF|[^\n]*connection reset by peer|[^\n]*use of closed network connection|http2: client connection[^\n]*)/,
    explain: ([text]) => ({
      where: 'cluster',
      message: `broke off a request: it was stopped or restarted, or the way to it was cut. The same command goes on from here. ${said(text)}`,
    }),
  },
];
