import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findKubernetesPlugin } from '../embedded/kubernetes-plugin.js';
import { findPulumiEngine } from '../embedded/pulumi-engine.js';
import type { ApplicationSettings } from '../lib/config/application-schema.js';
import { environmentsOf } from '../lib/config/selection.js';
import { machineFiles } from '../lib/machine/machine-files.js';
import type { Verb } from '../stacks/deploy-options.js';
import type { SizeTable } from '../stacks/digitalocean/sizes.js';
import { sizesFromApi } from '../stacks/digitalocean/sizes-api.js';
import type { SshMachine } from '../stacks/machine/ssh-machine.js';
import { createProgress } from '../stacks/progress.js';
import {
  clustersToMake,
  destroyProvision,
  importOnClusters,
  LOCK_FILE,
  machinesStack,
  type ProvisionOptions,
  previewProvision,
  provisionAll,
  refreshProvision,
  reviewPins,
} from '../stacks/provision/index.js';
import { requireKubernetesPlugin } from './own-target.js';
import { type Project, workFolder } from './project.js';
import type { RunOutput } from './run-output.js';
import { refuseFileStateInCi } from './state-in-ci.js';
import { reportToStderr, type Target } from './target.js';

interface Options {
  readonly verb: Verb;
  /** Leave the machines as they are. */
  readonly keepMachines: boolean;
  readonly destroyMachines: boolean;
  readonly output: RunOutput;
  readonly signal: AbortSignal;
}

/** Whether the chosen environments are on clusters that Keelson makes. */
export function madeClusters(
  definition: Omit<ApplicationSettings, 'services'>,
  environments: readonly string[],
): 'all' | 'some' | 'none' {
  const names = environmentsOf(definition)
    .filter(({ name }) => environments.includes(name))
    .map(({ cluster }) => cluster);
  const made = clustersToMake(definition, names).map(({ name }) => name);
  if (made.length === 0) return 'none';
  return names.every((name) => made.includes(name)) ? 'all' : 'some';
}

/**
 * Clusters that Keelson makes at a provider, with the user's own state and passphrase.
 *
 * @throws KeelsonError where the state would be lost with a machine of CI, a plugin cannot be had, or a production
 *   cluster is not pinned.
 */
export async function openMachinesTarget(
  { root, synthesis, application }: Project,
  { verb, keepMachines, destroyMachines, output, signal }: Options,
): Promise<Target> {
  const { definition } = application;
  const report = reportToStderr;
  const clusters = clustersToMake(
    definition,
    synthesis.stacks.map(({ cluster }) => cluster),
  );
  const files = filesOf(root);
  const chosen = synthesis.stacks.map(({ name }) => name);
  const production = environmentsOf(definition).some(
    ({ name, issuer }) =>
      chosen.includes(name) && (name === 'production' || issuer === 'letsencrypt-production'),
  );
  // The machines that production runs on may have been made for another environment.
  const pinned = production && verb === 'up';
  if (pinned || !keepMachines) reviewPins({ clusters, files, report, production: pinned }, root);
  const engine = await findPulumiEngine({ report, signal });
  await refuseFileStateInCi(verb, { root, engine: engine.command });
  const plugin = requireKubernetesPlugin(await findKubernetesPlugin({ engine: engine.command, report }));
  const sizes = keepMachines ? undefined : await currentSizes();
  const machines = keepMachines ? [] : clusters;
  const own = {
    clusters,
    files,
    sizes,
    keepMachines,
    destroyMachines,
    ...reach(root),
    tell: (text: string) => output.print([text]),
    machinesProgress: (stack: string, verb: ProvisionVerb) => {
      output.print(['', `Machines ${stack}`]);
      return createProgress({ verb, stream: output.stream });
    },
  };
  return {
    throwAway: false,
    lines: [
      ...clusters.map(
        ({ name, settings }) =>
          `Cluster ${name}: ${settings.machines ? `machines at DigitalOcean, ${settings.machines.region}` : `DigitalOcean Kubernetes, ${settings.managed?.region}`}.`,
      ),
      `Engine: ${engine.description}.`,
      `Provider: ${plugin.description}.`,
      ...(process.env[TEST_ROUTE] ? [`SSH: led elsewhere by ${TEST_ROUTE}, which is for tests.`] : []),
    ],
    hints: [],
    stacks: machines.map(({ name }) => machinesStack(name)),
    run: {
      preview: (all) => previewProvision({ ...all, ...own }),
      up: (all) => provisionAll({ ...all, ...own }),
      refresh: (all) => refreshProvision({ ...all, ...own }),
      import: (all) => importOnClusters({ ...all, ...own }),
      destroy: (all) => destroyProvision({ ...all, ...own }),
    },
    deploy: {
      synthesis,
      workDir: root,
      pulumiHome: plugin.pulumiHome,
      engine: engine.command,
      providers: 'real',
      report,
      signal,
    },
    close: async () => undefined,
  };
}

type ProvisionVerb = Parameters<NonNullable<ProvisionOptions['machinesProgress']>>[1];

/** Those of `nixos/`, with the team's lock. */
const filesOf = (root: string): ProvisionOptions['files'] => {
  const path = join(root, LOCK_FILE);
  return { ...machineFiles(), ...(existsSync(path) && { 'flake.lock': readFileSync(path, 'utf8') }) };
};

/** As DigitalOcean says them where there is a token to ask with; else those of the dated table. */
async function currentSizes(): Promise<SizeTable | undefined> {
  const { DIGITALOCEAN_TOKEN: token, DIGITALOCEAN_API_URL: apiEndpoint } = process.env;
  if (!token) return undefined;
  return await sizesFromApi({ token, ...(apiEndpoint && { apiEndpoint }) }).catch((error: unknown) => {
    reportToStderr(
      `prices are those of Keelson's own table: ${error instanceof Error ? error.message : error}`,
    );
    return undefined;
  });
}

/** What reaches machines that are there, without a plugin for the cluster: none is made, and no object changed. */
export async function reachMachines(
  { root, synthesis, application }: Project,
  signal: AbortSignal,
): Promise<ProvisionOptions> {
  const report = reportToStderr;
  const engine = await findPulumiEngine({ report, signal });
  return {
    clusters: clustersToMake(application.definition, Object.keys(application.definition.clusters)),
    synthesis,
    files: filesOf(root),
    workDir: root,
    engine: engine.command,
    providers: 'real',
    keepMachines: true,
    ...reach(root),
    tell: report,
    report,
    signal,
  };
}

/** The way to the machines. */
const reach = (root: string): Pick<ProvisionOptions, 'knownHosts' | 'route'> => ({
  knownHosts: join(workFolder(root), 'known_hosts'),
  route: routeFrom(process.env[TEST_ROUTE]),
});

/** For rehearsals: `<hostname>=<user>@<address>:<port>`, joined by commas. */
const TEST_ROUTE = 'KEELSON_TEST_SSH';

function routeFrom(text = ''): (hostname: string) => Partial<SshMachine> {
  const routes = new Map(
    [...text.matchAll(/([^=,]+)=([^@,]+)@([^:,]+):(\d+)/g)].map(
      ([, name = '', user = '', address = '', port]) => [name, { user, address, port: Number(port) }],
    ),
  );
  return (hostname) => routes.get(hostname) ?? {};
}
