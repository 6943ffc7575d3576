import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { clusterFiles } from '../../../embedded/control-plane/cluster-files.js';
import { findPulumiEngine } from '../../../embedded/pulumi-engine.js';
import { synthesize } from '../../../lib/synth.js';
import { loadApplication } from '../../../stacks/application.js';
import { folderPlace } from '../../../stacks/backup/folder-place.js';
import { backUp, restore } from '../../../stacks/backup/index.js';
import { upStack } from '../../../stacks/deploy.js';
import { clustersToMake, machinesStack } from '../../../stacks/provision/cluster-to-make.js';
import type { ProvisionOptions } from '../../../stacks/provision/provision-options.js';
import { newSshKeyPair } from '../../../stacks/provision/ssh-key-pair.js';
import { missingSsh } from '../../engine/machine-bed.js';
import { hasAge, makeAgeKey } from '../../support/age.js';
import { everyObject } from '../../support/every-object.js';
import { BackupMachine } from '../backup-machine.js';
import type { Lab } from '../lab.js';
import { LAB } from '../node/folders.js';
import { pulumiProject } from '../pulumi-project.js';
import { report } from '../report.js';
import { until } from '../until.js';
import { NAMESPACE, pageAnswers, pageUrl } from './lunch.js';
import type { Figure, Measurement } from './measurement.js';
import { notReady } from './pods-ready.js';
import { timed } from './timed.js';

/** Keys that are in lunch's Redis before. */
const KEYS = 1000;

export const restoreDrill: Measurement = {
  title: 'Everything is lost, and restored from a backup',
  method:
    `Lunch's Redis has ${KEYS} keys. A backup is made as \`keelson backup\` does it: over SSH, encrypted with age, with ` +
    'the state of the Pulumi stacks. The node loses its power, and its etcd and all its volumes with it, and starts as ' +
    'an empty cluster; then it is restored as `keelson restore` does it. Every object has to be what it was, but for ' +
    'what controllers say of their state, and every key has to be there.',

  async measure(lab) {
    const missing = [...missingSsh(), ...(hasAge() ? [] : ['age'])];
    if (missing.length > 0)
      throw new Error(`${missing.join(', ')} are missing: apt-get install age openssh-server`);
    const figures: Figure[] = [];
    const { machine, cluster, options, identity } = await reachable(lab);
    await redis(lab, (key) => `SET drill:${key} ${key}`);
    const before = await lastingObjects(lab);
    const place = folderPlace(join(lab.folders.backups, 'kept'));
    const { kept, parts } = await timed(figures, 'backup', () =>
      machine.serving(() => backUp(cluster, { ...options, place, now: new Date() })),
    );
    figures.push({ what: 'its size', figure: `${parts.length} parts, ${mebibytes(kept)} MiB` });

    const cut = Date.now();
    await timed(figures, 'from the power cut to an empty cluster that is ready', () =>
      lab.node.restart(() => wipe(lab)),
    );
    const empty = await lab.kubectl('get', 'namespaces', '--output=name');
    if (empty.includes('development')) throw new Error('the cluster was not wiped');

    await timed(figures, 'restore, with the keys', () =>
      machine.serving(() => restore(cluster, { ...options, folder: kept, identity })),
    );
    await timed(figures, 'from then on, until every pod is ready and the page answers', async () => {
      const url = await pageUrl(lab);
      await until('every pod is ready', async () => (await notReady(lab, cut)).length === 0);
      await pageAnswers(url);
    });
    // The registry's volume is in no backup: its images are published again.
    await lab.pushAll();

    const after = await lastingObjects(lab);
    const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = paths.filter((path) => before[path] !== after[path]);
    const answers = await redis(lab, (key) => `GET drill:${key}`);
    const there = answers.filter((answer, index) => answer === `${index + 1}`).length;
    figures.push(
      {
        what: 'objects that are what they were',
        figure: `${paths.length - changed.length} of ${paths.length}`,
      },
      { what: 'keys that came back', figure: `${there} of ${KEYS}` },
    );
    return {
      figures,
      broken: [
        ...(changed.length > 0 ? [`not what they were: ${changed.slice(0, 20).join(', ')}`] : []),
        ...(there < KEYS ? [`${KEYS - there} keys did not come back`] : []),
      ],
    };
  },
};

/** Lunch's cluster as one of machines, of which the node is the only one. */
async function reachable(lab: Lab) {
  const { backups, applications } = lab.folders;
  const keys = { ...newSshKeyPair('lab'), token: 'lab-token', agentToken: 'lab-agent-token' };
  const machine = new BackupMachine(lab, LAB, join(backups, 'machine'), keys.publicKey, keys.token);
  const { file: identity, recipient } = makeAgeKey(join(backups, 'key'));
  const root = join(applications, 'lunch-on-machines');
  cpSync(lab.lunch.root, root, { recursive: true });
  const application = readFileSync(join(root, 'app.ts'), 'utf8');
  const settings = {
    machines: {
      ...{ region: 'fra1', zone: 'example.com', operatorCidrs: ['192.0.2.0/24'] },
      sshKeys: { lab: keys.publicKey },
    },
    backups: { recipients: [recipient] },
  };
  const changed = application.replace('main: {', `main: { ...${JSON.stringify(settings)},`);
  if (changed === application) throw new Error(`${root}/app.ts has no cluster "main"`);
  writeFileSync(join(root, 'app.ts'), changed);
  const loaded = await loadApplication(root);
  const synthesis = synthesize(loaded, { environments: ['development'] });
  const [cluster] = clustersToMake(loaded.definition, ['main']);
  if (cluster === undefined) throw new Error('lunch has no cluster of machines');
  const { command: engine } = await findPulumiEngine({ report });
  const shared = {
    ...pulumiProject(lab.folders, loaded.name),
    synthesis,
    engine,
    providers: 'real' as const,
  };
  await upStack({
    ...shared,
    stack: machinesStack(cluster.name),
    createStack: true,
    program: async () => {
      new pulumi.ComponentResource('lab:index:Machines', 'machines');
      const made = { hostname: LAB, role: 'server', clusterInit: true, address: '127.0.0.1' };
      const reached = { serverAddress: 'https://127.0.0.1:6443', privateCidr: '10.110.0.0/20' };
      return { keys: pulumi.secret(keys), machines: [{ ...made, ...reached }] };
    },
  });
  const options: ProvisionOptions = {
    ...shared,
    clusters: [cluster],
    files: {},
    knownHosts: join(backups, 'known_hosts'),
    route: () => ({ user: userInfo().username, address: '127.0.0.1', port: machine.bed.port }),
    keepMachines: true,
    tell: report,
    report,
  };
  return { machine, cluster, options, identity };
}

/** Etcd and everything that pods keep; the machine's keys and its images stay. */
function wipe({ folders: { controlPlane, volumes } }: Lab): void {
  rmSync(clusterFiles(controlPlane).etcdData, { recursive: true });
  for (const name of readdirSync(volumes)) rmSync(join(volumes, name), { recursive: true });
}

/** Where pods are, which is new after each start of theirs. */
const FLEETING = /\/(endpoints|endpointslices)\//;

/** What of every object does not change by itself, by its path. */
async function lastingObjects({ node: { client } }: Lab): Promise<Record<string, string>> {
  const all = Object.entries(await everyObject(client)).filter(([path]) => !FLEETING.test(path));
  return Object.fromEntries(
    all.map(([path, object]) => {
      const { status: _, metadata, ...lasting } = object as { status: unknown; metadata: object };
      return [path, JSON.stringify({ ...lasting, metadata: { ...metadata, ...NOTED_BY_CONTROLLERS } })];
    }),
  );
}

const NOTED_BY_CONTROLLERS = { resourceVersion: undefined, managedFields: undefined };

/** Gives lunch's Redis a command for each key. @returns its answers, a line each */
async function redis(lab: Lab, command: (key: string) => string): Promise<string[]> {
  const script = `for key in $(seq ${KEYS}); do echo "${command('$key')}"; done | redis-cli`;
  const output = await lab.kubectl(NAMESPACE, 'exec', 'sessions-0', '--', 'sh', '-c', script);
  return output.trim().split('\n');
}

function mebibytes(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return (bytes / 2 ** 20).toFixed(1);
}
