import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as pulumi from '@pulumi/pulumi';
import { type ClusterClient, clusterClient } from '../../embedded/control-plane/cluster-client.js';
import { readRecord } from '../../embedded/control-plane/cluster-record.js';
import { startEmbeddedCluster, stopEmbeddedCluster } from '../../embedded/control-plane/control-plane.js';
import { endProcesses } from '../../embedded/control-plane/processes.js';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import { upStack } from '../../stacks/deploy.js';
import { newSshKeyPair } from '../../stacks/provision/ssh-key-pair.js';
import { ROOT } from '../support/repository.js';
import { SecretWatch } from '../support/secret-watch.js';
import { describeWithSsh, MachineBed } from './machine-bed.js';
import './forgive-late-calls.js';

/*
 * keelson backup and restore as whole processes, on three servers and an agent behind real SSH, with the real engine's
 * state and the real age. k3s is a stub whose etcd is a folder that opens with the token of its time alone; in the last
 * drill it is the folder of a real one, under a real API server.
 */
const age = spawnSync('age', ['--version']).status === 0;
if (!age) console.warn('skipped: there is no age (apt-get install age)');

const SERVERS = ['main-server-1', 'main-server-2', 'main-server-3'];
const MACHINES = [...SERVERS, 'main-builds'];
const DB = 'var/lib/rancher/k3s/server/db';
const STORE = `${DB}/etcd/objects`;

const APPLICATION = `
import { defineApplication, StatefulService } from 'keelson';
import { readFileSync } from 'node:fs';
const dump = {
  dump: ['sh', '-c', 'cat "$KEELSON_ROOT/pods/$KEELSON_POD"'],
  restore: ['sh', '-c', 'cat >"$KEELSON_ROOT/pods/$KEELSON_POD"; echo "has it again"'],
};
export default defineApplication({
  name: 'vault', domain: 'vault.example.com', contact: 'ops@example.com',
  clusters: {
    main: {
      machines: {
        region: 'fra1', zone: 'example.com', operatorCidrs: ['203.0.113.7/32'], servers: 3, agents: { builds: {} },
        sshKeys: { ada: '${newSshKeyPair('ada').publicKey}' },
      },
      backups: JSON.parse(readFileSync(__dirname + '/backups.json', 'utf8')),
    },
  },
  environments: { staging: { cluster: 'main' }, later: { cluster: 'main' } },
  services(env) {
    new StatefulService(env, 'db', {
      image: 'example.com/db:1', ports: { db: 5432 }, replicas: 2, dump,
      storage: { data: { path: '/data', sizeGiB: 1 } },
    });
  },
});`;

/** A snapshot has the token in it; what k3s is asked is noted by the bed. */
const K3S = `db="$KEELSON_ROOT/${DB}"
etcd() {
  [ ! -e "$db/cluster.json" ] || kill "-$1" "$(sed -n '/"etcd": {/,/}/s/.*"pid": \\([0-9]*\\).*/\\1/p' "$db/cluster.json")"
}
case "$1 $2" in
'etcd-snapshot save') mkdir -p "$db/snapshots"; cp "$KEELSON_ROOT/var/lib/keelson/secrets/token" "$db/token"
  # A store that stands still for a moment is as one that was killed then, from which etcd recovers.
  etcd STOP; tar -C "$db" -czf "$db/snapshots/$4-main-server-1-1" etcd token; etcd CONT ;;
'etcd-snapshot delete') rm "$db/snapshots/$3" ;;
'server --config')
  all=$*; snapshot=\${all##*--cluster-reset-restore-path=}
  tar -xzOf "$snapshot" token | cmp - "$5" && etcd KILL && mv "$db/etcd" "$db/etcd-old-$RANDOM"
  tar -C "$db" -xzf "$snapshot" && touch "$db/reset-flag" ;;
'kubectl --kubeconfig') shift 3
  case "$*" in
  exec*) export KEELSON_POD=$4; while [ "$1" != -- ]; do shift; done; shift; exec "$@" ;;
  'get secrets '*) echo '{"items":[{"type":"kubernetes.io/tls","data":{"tls.key":"c2VjcmV0"},"metadata":{"name":"www","namespace":"staging","uid":"1","resourceVersion":"7"}}]}' ;;
  'get nodes '*) printf 'node/%s\\n' ${MACHINES.join(' ')} main-gone ;;
  esac ;;
esac
`;

/** What changes by itself, every few seconds. */
const RESTLESS = ['leases', 'events', 'nodes'];

/** Every object of every kind that the API lists, by its path, as it is stored. */
async function everyObject(client: ClusterClient): Promise<Record<string, unknown>> {
  const read = async <T>(path: string) => JSON.parse((await client(path)).body) as T;
  const { groups } = await read<{ groups: { versions: { groupVersion: string }[] }[] }>('/apis');
  const versions = groups.flatMap(({ versions: all }) =>
    all.slice(0, 1).map(({ groupVersion }) => `apis/${groupVersion}`),
  );
  const found: [string, unknown][] = [];
  for (const version of ['api/v1', ...versions]) {
    const { resources } = await read<{ resources: { name: string; verbs: string[] }[] }>(`/${version}`);
    const listed = resources.filter(({ name, verbs }) => verbs.includes('list') && !RESTLESS.includes(name));
    for (const { name } of listed) {
      const { items } = await read<{ items: { metadata: Record<string, string> }[] }>(`/${version}/${name}`);
      for (const item of items) {
        const { namespace = '', name: own } = item.metadata;
        found.push([`${version}/${namespace}/${name}/${own}`, item]);
      }
    }
  }
  return Object.fromEntries(found.sort(([one], [other]) => one.localeCompare(other)));
}

/** The controllers have done with what was made. */
async function untilSettled(client: ClusterClient): Promise<void> {
  for (let last = '', end = Date.now() + 120_000; Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const now = JSON.stringify(await everyObject(client));
    if (now === last && now.includes('"availableReplicas":2')) return;
    last = now;
  }
  throw new Error('the cluster did not come to rest');
}

(age ? describeWithSsh() : describe.skip)('a backup of a cluster of machines', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'keelson-backup-engine-'));
  const project = join(scratch, 'project');
  const backups = join(scratch, 'backups');
  const identity = join(scratch, 'keelson.key');
  const machineKey = newSshKeyPair('keelson-main');
  const keys = { ...machineKey, token: 'server-token-1f', agentToken: 'agent-token-2e' };
  const beds = new Map<string, MachineBed>();
  /** The middle of the private key: a part of every form of it. */
  const hidden = [keys.token, keys.agentToken, keys.privateKey.split('\n')[2] ?? ''];
  let watch: SecretWatch;
  let environment: NodeJS.ProcessEnv;
  let options: Omit<Parameters<typeof upStack>[0], 'stack' | 'program'>;

  const bed = (name: string): MachineBed => {
    const found = beds.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };
  const calls = (name: string, since: number) =>
    bed(name)
      .root.calls()
      .slice(since)
      .filter((call) => !/is-active|readyz/.test(call));
  const keelson = (...args: string[]) =>
    new Promise<{ status: number | null; output: string }>((resolve) => {
      const child = spawn(process.execPath, [join(ROOT, 'bin/keelson.js'), ...args], {
        cwd: project,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      child.on('close', (status) => resolve({ status, output }));
    });
  const newest = () => join(backups, readdirSync(backups).sort().at(-1) ?? '');
  const restore = (...more: string[]) => keelson('restore', newest(), '--identity', identity, ...more);
  const settings = (value: object) => writeFileSync(join(project, 'backups.json'), JSON.stringify(value));
  const openBytes = (file: string) =>
    gunzipSync(execFileSync('age', ['--decrypt', '--identity', identity, join(newest(), `${file}.gz.age`)]));
  const open = (file: string) => openBytes(file).toString();

  /** A stack with something in it, and what the machines' one has as outputs. */
  const stack = (name: string, outputs: () => object = () => ({})) =>
    upStack({
      ...options,
      stack: name,
      program: async () => {
        new pulumi.ComponentResource('test:index:Thing', 'thing');
        return outputs();
      },
    });

  beforeAll(async () => {
    execFileSync('age-keygen', ['--output', identity], { stdio: 'ignore' });
    for (const name of ['project', 'state', 'home']) mkdirSync(join(scratch, name));
    writeFileSync(join(project, 'app.ts'), APPLICATION);
    writeFileSync(join(project, 'package.json'), '{"keelson":{"application":"app.ts"}}');
    settings({ recipients: [/age1\w+/.exec(readFileSync(identity, 'utf8'))?.[0]] });
    for (const name of MACHINES) {
      const folder = join(scratch, name);
      mkdirSync(folder);
      const one = new MachineBed(name, folder, [keys.publicKey]);
      one.root.write('k3s-does', K3S);
      one.root.write(STORE, `objects as ${name} has them`);
      one.root.write('etc/nixos/node.json', '{\n  "k3s": "k3s_1_35"\n}\n');
      one.root.write('var/lib/keelson/secrets/token', keys.token);
      beds.set(name, one);
      await one.start();
    }
    for (const pod of ['db-0', 'db-1'])
      bed('main-server-1').root.write(`pods/${pod}`, `\u0000\u00ff rows of ${pod}`);
    const { command } = await findPulumiEngine({ report: () => {} });
    watch = SecretWatch.start();
    environment = {
      ...process.env,
      PATH: [dirname(command.command), process.env.PATH].join(':'),
      CI: 'true',
      KEELSON_USER: '',
      NO_COLOR: '1',
      KEELSON_TEST_SSH: MACHINES.map(
        (name) => `${name}=${userInfo().username}@127.0.0.1:${bed(name).port}`,
      ).join(','),
      PULUMI_HOME: join(scratch, 'home'),
      PULUMI_BACKEND_URL: `file://${join(scratch, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'backup',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    };
    options = {
      synthesis: { application: 'vault', stacks: [] },
      workDir: project,
      createStack: true,
      backendUrl: `file://${join(scratch, 'state')}`,
      pulumiHome: join(scratch, 'home'),
      env: { PULUMI_CONFIG_PASSPHRASE: 'backup' },
      engine: command,
      providers: 'real',
    };
    await stack('main-machines', () => ({
      keys: pulumi.secret(keys),
      machines: MACHINES.map((hostname) => ({
        hostname,
        role: SERVERS.includes(hostname) ? 'server' : 'agent',
        clusterInit: hostname === 'main-server-1',
        serverAddress: 'https://main-api.example.com:6443',
        privateCidr: '10.110.0.0/20',
        address: '127.0.0.1',
      })),
    }));
    await stack('staging');
  });
  afterAll(async () => {
    await Promise.all([...beds.values()].map((one) => one.stop()));
    watch?.end();
    rmSync(scratch, { recursive: true, force: true });
  });

  test('without recipients nothing is written, and the error has the commands', async () => {
    const given = readFileSync(join(project, 'backups.json'), 'utf8');
    settings({ recipients: [] });
    const { status, output } = await keelson('backup', '--to', backups);
    expect(status).toBe(1);
    expect(output).toContain('a backup is not written in plain; make a key with age-keygen');
    expect(existsSync(backups)).toBe(false);
    writeFileSync(join(project, 'backups.json'), given);
  });

  test('everything that cannot be made again is in it, and nothing in clear', async () => {
    const { status, output } = await keelson('backup', 'main', '--to', backups);
    expect({ status, output }).toMatchObject({
      status: 0,
      output: expect.stringContaining('Backup of 7 parts'),
    });
    const { parts } = JSON.parse(readFileSync(join(newest(), 'backup.json'), 'utf8'));
    expect(parts.map(({ file }: { file: string }) => file).sort()).toEqual([
      'certificates.gz.age',
      'data/staging/db-0.gz.age',
      'data/staging/db-1.gz.age',
      'etcd.gz.age',
      'state/main-machines.gz.age',
      'state/staging.gz.age',
      'tokens.gz.age',
    ]);
    expect(JSON.parse(open('tokens'))).toEqual({ token: keys.token, agentToken: keys.agentToken });
    // In it is what k3s wrote, byte by byte.
    expect(openBytes('etcd').subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(open('data/staging/db-1')).toBe('\u0000\u00ff rows of db-1');
    expect(JSON.parse(open('certificates')).items).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/tls',
        data: { 'tls.key': 'c2VjcmV0' },
        metadata: { name: 'www', namespace: 'staging' },
      },
    ]);
    const files = (readdirSync(newest(), { recursive: true }) as string[]).filter((file) =>
      /\.\w+$/.test(file),
    );
    for (const file of files) {
      const text = readFileSync(join(newest(), file), 'latin1');
      for (const secret of [keys.token, keys.agentToken, 'rows of', 'c2VjcmV0', 'objects as'])
        expect(text).not.toContain(secret);
    }
    expect(output).not.toContain(keys.token);
    // The machine keeps no second copy of everything.
    expect(readdirSync(join(bed('main-server-1').root.root, DB, 'snapshots'))).toEqual([]);
  });

  test('a pod whose data cannot be had fails the backup, and what was kept stays', async () => {
    const before = readdirSync(backups);
    const file = join(bed('main-server-1').root.root, 'pods/db-1');
    cpSync(file, `${file}.away`);
    rmSync(file);
    const { status, output } = await keelson('backup', '--to', backups);
    expect(status).toBe(1);
    expect(output).toMatch(/copy what staging\/db-1 keeps: failed with code 1/);
    expect(readdirSync(backups)).toEqual(before);
    cpSync(`${file}.away`, file);
  });

  test('a restore asks, and refuses another key, a changed part, and a k3s that is older', async () => {
    const since = bed('main-server-1').root.calls().length;
    expect((await restore()).output).toMatch(/--yes: is missing: nobody can be asked here/);
    const stranger = join(scratch, 'stranger.key');
    execFileSync('age-keygen', ['--output', stranger], { stdio: 'ignore' });
    const other = await keelson('restore', newest(), '--identity', stranger, '--yes');
    expect(other.output).toContain('this key opens none of it');
    const { root } = bed('main-server-1');
    root.write('etc/nixos/node.json', '{\n  "k3s": "k3s_1_34"\n}\n');
    expect((await restore('--yes')).output).toContain('goes back from k3s_1_35 to k3s_1_34');
    root.write('etc/nixos/node.json', '{\n  "k3s": "k3s_1_35"\n}\n');
    const etcd = join(newest(), 'etcd.gz.age');
    const whole = readFileSync(etcd);
    writeFileSync(etcd, whole.subarray(0, -1));
    expect((await restore('--yes')).output).toContain('etcd.gz.age: is not what was written');
    writeFileSync(etcd, whole);
    expect(calls('main-server-1', since)).toEqual([]);
  });

  test('the drill: the store and the data are lost on every machine, and all of it comes back', async () => {
    const { root } = bed('main-server-1');
    rmSync(join(root.root, STORE));
    root.write('pods/db-0', 'lost');
    const since = Object.fromEntries(MACHINES.map((name) => [name, bed(name).root.calls().length]));
    const { status, output } = await restore('--yes');
    expect(status === 0 || output).toBe(true);
    expect(output).toContain('staging/db-0: has it again\nstaging/db-1: has it again\n');
    expect(root.read(STORE)).toBe('objects as main-server-1 has them');
    expect(root.read('pods/db-0')).toBe('\u0000\u00ff rows of db-0');
    const first = calls('main-server-1', since['main-server-1'] ?? 0);
    expect(first.map((call) => call.replace(/--kubeconfig \S+ /, ''))).toEqual([
      'systemctl stop k3s.service',
      expect.stringMatching(/^systemd-run .*--unit=keelson-restore/),
      expect.stringMatching(
        /^k3s server --config \/etc\/keelson\/k3s.json --token-file \/var\/lib\/keelson\/secrets\/token --etcd-s3=false --cluster-reset --cluster-reset-restore-path=\/var\/lib\/keelson\/restore\/keelson-backup-main-server-1-1$/,
      ),
      'systemctl start k3s.service',
      `k3s kubectl delete secret --namespace=kube-system --ignore-not-found ${MACHINES.map((name) => `${name}.node-password.k3s`).join(' ')}`,
      'k3s kubectl get nodes --output=name',
      'k3s kubectl delete node --ignore-not-found main-gone',
      expect.stringMatching(/^k3s kubectl wait --namespace=staging .*pod\/db-0/),
      expect.stringMatching(/^k3s kubectl exec .*db-0/),
      expect.stringMatching(/^k3s kubectl wait --namespace=staging .*pod\/db-1/),
      expect.stringMatching(/^k3s kubectl exec .*db-1/),
    ]);
    for (const name of SERVERS.slice(1)) {
      expect(calls(name, since[name] ?? 0)).toEqual([
        'systemctl stop k3s.service',
        'systemctl stop k3s.service',
        'systemctl start k3s.service',
      ]);
      // What it knew of the cluster before is out of the way, and not gone.
      expect(bed(name).root.exists(DB)).toBe(false);
      expect(bed(name).root.exists(`${DB}.before-restore/etcd/objects`)).toBe(true);
    }
    expect(calls('main-builds', since['main-builds'] ?? 0)).toEqual(['systemctl restart k3s.service']);
    expect(root.exists('var/lib/keelson/restore')).toBe(false);
  });

  test('a snapshot that k3s does not take leaves k3s standing still, and says where to look', async () => {
    const { root } = bed('main-server-1');
    rmSync(join(root.root, DB, 'reset-flag'), { force: true });
    root.write('k3s-does', K3S.replace('touch "$db/reset-flag"', 'exit 1'));
    const { status, output } = await restore('--yes');
    expect(status).toBe(1);
    expect(output).toContain(
      'k3s did not restore it and stands still; look at: journalctl -u keelson-restore',
    );
    expect(root.exists('var/lib/keelson/restore')).toBe(false);
    root.write('k3s-does', K3S);
  });

  test('a state that is lost comes back, with the keys in it; one that is there stays', async () => {
    const state = join(scratch, 'state/.pulumi/stacks/vault/main-machines.json');
    rmSync(state);
    expect((await restore('--yes')).output).toContain('machines: are not there: bring their state back');
    const { status, output } = await restore('--state');
    expect(status === 0 || output).toBe(true);
    expect(output).toMatch(/main-machines: has the state of \S+ again/);
    expect(output).toContain('staging: has a state, which stays');
    expect(readFileSync(state, 'utf8')).not.toContain(keys.token);
    // Its keys open the machines.
    expect(await keelson('backup', '--to', backups)).toMatchObject({ status: 0 });
  });

  test('the drill with a real etcd: it is wiped, restored, and every object of the cluster is what it was', async () => {
    const { root } = bed('main-server-1');
    const directory = join(root.root, DB);
    rmSync(directory, { recursive: true });
    const start = () => startEmbeddedCluster({ directory, report: () => {} });
    await start();
    try {
      const client = await clusterClient(directory);
      const create = async (path: string, body: object) =>
        expect((await client(path, { method: 'POST', body })).status).toBe(201);
      await create('/api/v1/namespaces', { metadata: { name: 'staging', labels: { team: 'ours' } } });
      const inside = '/api/v1/namespaces/staging';
      for (let number = 0; number < 50; number += 1)
        await create(`${inside}/configmaps`, {
          metadata: { name: `settings-${number}` },
          data: { number: `${number}` },
        });
      await create(`${inside}/secrets`, {
        metadata: { name: 'password' },
        data: { password: 'cGFzc3dvcmQ=' },
      });
      await create('/apis/apps/v1/namespaces/staging/deployments', {
        metadata: { name: 'web' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: { containers: [{ name: 'web', image: 'example.com/web:1' }] },
          },
        },
      });
      await untilSettled(client);
      const before = await everyObject(client);
      expect(Object.keys(before).filter((path) => path.includes('/pods/'))).toHaveLength(2);
      expect(await keelson('backup', '--to', backups)).toMatchObject({ status: 0 });

      const etcd = (await readRecord(directory))?.processes.etcd;
      await endProcesses(etcd ? [etcd] : []);
      rmSync(join(directory, 'etcd'), { recursive: true });
      await start();
      expect((await client(inside)).status).toBe(404);

      const { status, output } = await restore('--yes');
      expect(status === 0 || output).toBe(true);
      await start();
      const after = await everyObject(client);
      expect(Object.keys(after)).toEqual(Object.keys(before));
      expect(after).toEqual(before);
    } finally {
      await stopEmbeddedCluster(directory);
    }
  });

  test('machines that were made with other tokens are not given a snapshot that they could not open', async () => {
    await stack('main-machines', () => ({
      keys: pulumi.secret({ ...keys, token: 'another' }),
      machines: [
        {
          hostname: 'main-server-1',
          role: 'server',
          clusterInit: true,
          serverAddress: 'https://main-api.example.com:6443',
          privateCidr: '10.110.0.0/20',
          address: '127.0.0.1',
        },
      ],
    }));
    const since = bed('main-server-1').root.calls().length;
    const { status, output } = await restore('--yes');
    expect(status).toBe(1);
    expect(output).toMatch(/tokens: are others than those of the backup.*keelson restore --state/);
    expect(calls('main-server-1', since)).toEqual([]);
  });

  test('nothing that is secret was an argument, in an environment, or in a temporary file of all these runs', () => {
    for (const one of hidden) expect(one.length).toBeGreaterThan(10);
    expect(watch.placesOf(hidden)).toEqual([]);
  });
});
