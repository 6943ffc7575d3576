import { mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { KeelsonError } from '../../lib/config/problem.js';
import { accountOf } from '../../lib/kube/identity.js';
import { findApplication, loadApplication } from '../../stacks/application.js';
import type { AdminAccess } from '../admin-access.js';
import { type Grantee, granteeOf } from '../grantee.js';
import { ignoringFolder, workFolder } from '../project.js';
import { currentUser } from '../user.js';

interface Options {
  readonly person?: string;
  readonly hours: string;
  readonly out?: string;
  readonly server?: string;
  readonly revoke?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly embedded?: boolean;
}

/** A year: longer than that nobody remembers where a file lies. */
const LONGEST = 8760;

export function addKubeconfig(program: Command): void {
  program
    .command('kubeconfig')
    .description("give an environment or a person a kubeconfig that expires, by an administrator's access")
    .argument('[environment]', 'whose deploy identity gets it; with --person where that person starts')
    .option('--person <name>', 'a person of the application instead')
    .option('--hours <n>', `how long it is good for, 1 to ${LONGEST}`, '12')
    .option('--out <file>', 'file to write, "-" for standard output (default: in .keelson/access)')
    .option('--server <url>', "address of the API as its reader reaches it (default: the administrator's)")
    .option('--revoke', 'instead end every kubeconfig that was given to it')
    .option('--kubeconfig <file>', "the administrator's (default: what the cluster's stack says) …")
    .option('--context <name>', '… and the context in it')
    .option('--embedded', 'the embedded control plane')
    .action(async (environment: string | undefined, options: Options) => {
      const { withAdminAccess } = await import('../admin-access.js');
      const { person, embedded = false } = options;
      const asked = { ...options, hours: parseHours(options.hours) };
      const { root } = findApplication(process.cwd());
      const application = await loadApplication(root);
      const grantee = granteeOf(application, {
        ...(environment !== undefined && { environment }),
        ...(person !== undefined && { person }),
        // On a cluster of the team's own, whose environments there are stands in git alone.
        ...(embedded && { user: currentUser() }),
      });
      const { definition } = application;
      await withAdminAccess(root, grantee.cluster, { ...options, definition }, (admin) =>
        issue(admin, grantee, asked, root),
      );
    });
}

async function issue(
  admin: AdminAccess,
  { identity, namespaces, cluster }: Grantee,
  { revoke = false, hours, server: given, out }: Omit<Options, 'hours'> & { readonly hours: number },
  root: string,
): Promise<void> {
  const { issueKubeconfig, revokeKubeconfigs } = await import('../../stacks/access/issue-kubeconfig.js');
  const account = accountOf(identity);
  if (revoke) {
    await revokeKubeconfigs({ admin, identity });
    process.stdout.write(
      `No kubeconfig of ${account} is good any more; some seconds may pass until each fails.\n`,
    );
    return;
  }
  const server = given === undefined ? admin.forwarded : parseServer(given);
  const { content, expires } = await issueKubeconfig({
    admin,
    identity,
    namespaces,
    hours,
    ...(server !== undefined && { server }),
  });
  const until = `${expires.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const what = `Kubeconfig of ${account} in ${namespaces.join(', ')}, good until ${until}`;
  if (out === '-') {
    process.stdout.write(content);
    process.stderr.write(`${what}.\n`);
    return;
  }
  const file = resolve(out ?? defaultFile(root, account));
  await write(file, content);
  process.stdout.write(
    `${what}: ${relative('', file)}\nWhoever has the file is ${account}: keep it as a secret.\n`,
  );
  if (server !== undefined && server === admin.forwarded)
    process.stdout.write(`It leads through a forward by SSH, such as: npx keelson forward ${cluster}\n`);
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (Number.isInteger(hours) && hours >= 1 && hours <= LONGEST) return hours;
  throw new KeelsonError('The command', [
    { where: '--hours', message: `"${text}" was given; expected a whole number from 1 to ${LONGEST}` },
  ]);
}

function parseServer(text: string): string {
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return text;
  throw new KeelsonError('The command', [
    { where: '--server', message: `"${text}" was given; expected an address such as https://127.0.0.1:6443` },
  ]);
}

/** In a folder that git does not see. */
const defaultFile = (root: string, account: string): string =>
  join(ignoringFolder(workFolder(root)), 'access', `${account}.kubeconfig`);

async function write(file: string, content: string): Promise<void> {
  const { writeKubeconfig } = await import('../../stacks/machine/kubeconfig.js');
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeKubeconfig(file, content);
  } catch (error) {
    throw new KeelsonError('The output file', [
      { where: file, message: `cannot be written: ${error instanceof Error ? error.message : error}` },
    ]);
  }
}
