import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterClient } from '../../embedded/control-plane/cluster-client.js';
import { readRecord } from '../../embedded/control-plane/cluster-record.js';
import { startEmbeddedCluster, stopEmbeddedCluster } from '../../embedded/control-plane/control-plane.js';
import { endProcesses } from '../../embedded/control-plane/processes.js';
import { describeWithAge } from '../support/age.js';
import { everyObject, untilSettled } from '../support/every-object.js';
import { DB } from '../support/k3s-stub.js';
import { SecretWatch } from '../support/secret-watch.js';
import { BackupBed } from './backup-bed.js';
import { describeWithSsh } from './machine-bed.js';
import { K3S, MACHINES, SERVERS, STORE, VOLUMES } from './vault-machines.js';

/** Something is lost, and a backup brings it back. In the last drill the store is the one of a real API server. */
describeWithAge(describeWithSsh)('a cluster of machines is restored', () => {
  let bed: BackupBed;
  let kept: string;
  let watch: SecretWatch;

  beforeAll(async () => {
    bed = await BackupBed.start();
    // From here on: what plays the machines holds their secrets in folders of its own.
    watch = SecretWatch.start();
    kept = await bed.backUp();
  });
  afterAll(async () => {
    watch?.end();
    await bed?.stop();
  });

  const first = () => bed.machine('main-server-1').root;

  test('the drill: the store and the data are lost on every machine, and all of it comes back', async () => {
    const root = first();
    rmSync(join(root.root, STORE));
    root.write('pods/db-0', 'lost');
    root.write('starting', '');
    // As the kubelet makes it; the other one has been kept.
    const [[, made], [, full]] = VOLUMES;
    mkdirSync(join(root.root, made), { recursive: true, mode: 0o755 });
    bed.machine('main-builds').root.write(`${full}/kept`, '');
    const since = Object.fromEntries(MACHINES.map((name) => [name, bed.machine(name).root.calls().length]));
    const { status, output } = await bed.keelson(['restore', kept, '--identity', bed.key.file, '--yes']);
    expect(status === 0 || output).toBe(true);
    expect(output).toContain('staging/db-0: has it again\nstaging/db-1: has it again\n');
    expect(root.read(STORE)).toBe('objects as main-server-1 has them');
    expect(root.read('pods/db-0')).toBe('\u0000\u00ff rows of db-0');
    const asked = bed.calls('main-server-1', since['main-server-1'] ?? 0);
    expect(asked.map((call) => call.replace(/--kubeconfig \S+ /, ''))).toEqual([
      'systemctl stop k3s.service',
      expect.stringMatching(/^systemd-run .*--unit=keelson-restore/),
      expect.stringMatching(
        /^k3s server --config \/etc\/keelson\/k3s.json --token-file \/var\/lib\/keelson\/secrets\/token --etcd-s3=false --cluster-reset --cluster-reset-restore-path=\/var\/lib\/keelson\/restore\/keelson-backup-main-server-1-1$/,
      ),
      'systemctl start k3s.service',
      `k3s kubectl delete secret --namespace=kube-system --ignore-not-found ${MACHINES.map((name) => `${name}.node-password.k3s`).join(' ')}`,
      'k3s kubectl get nodes --output=name',
      'k3s kubectl delete node --ignore-not-found main-gone',
      'k3s kubectl get persistentvolumes --output=json',
      expect.stringMatching(/^k3s kubectl exec .*db-0 .*-- true$/),
      expect.stringMatching(/^k3s kubectl exec .*db-0 .*-- true$/),
      expect.stringMatching(/^k3s kubectl wait --namespace=staging .*pod\/db-0/),
      expect.stringMatching(/^k3s kubectl exec .*db-0/),
      expect.stringMatching(/^k3s kubectl exec .*db-1 .*-- true$/),
      expect.stringMatching(/^k3s kubectl wait --namespace=staging .*pod\/db-1/),
      expect.stringMatching(/^k3s kubectl exec .*db-1/),
    ]);
    for (const name of SERVERS.slice(1)) {
      expect(bed.calls(name, since[name] ?? 0)).toEqual([
        'systemctl stop k3s.service',
        'systemctl stop k3s.service',
        'systemctl start k3s.service',
      ]);
      // What it knew of the cluster before is out of the way, and not gone.
      expect(bed.machine(name).root.exists(DB)).toBe(false);
      expect(bed.machine(name).root.exists(`${DB}.before-restore/etcd/objects`)).toBe(true);
    }
    expect(bed.calls('main-builds', since['main-builds'] ?? 0)).toEqual(['systemctl restart k3s.service']);
    expect(root.exists('var/lib/keelson/restore')).toBe(false);
    // Pods, which are nobody's root, can write where everything was lost.
    const mode = (name: string, path: string) =>
      statSync(join(bed.machine(name).root.root, path)).mode & 0o777;
    expect(VOLUMES.map(([name, path]) => mode(name, path))).toEqual([0o777, 0o755]);
  });

  test('a snapshot that k3s does not take leaves k3s standing still, and says where to look', async () => {
    const root = first();
    rmSync(join(root.root, DB, 'reset-flag'), { force: true });
    root.write('k3s-does', K3S.replace('touch "$db/reset-flag"', 'exit 1'));
    await expect(bed.restore(kept)).rejects.toThrow(
      'k3s did not restore it and stands still; look at: journalctl -u keelson-restore',
    );
    expect(root.exists('var/lib/keelson/restore')).toBe(false);
    root.write('k3s-does', K3S);
  });

  test('a state that is lost comes back, with the keys in it; one that is there stays', async () => {
    const state = join(bed.state, '.pulumi/stacks/vault/main-machines.json');
    rmSync(state);
    await expect(bed.restore(kept)).rejects.toThrow('machines: are not there: bring their state back');
    expect(await bed.restoreStates(kept)).toEqual({ restored: ['main-machines'], kept: ['staging'] });
    expect(readFileSync(state, 'utf8')).not.toContain(bed.keys.token);
    // Its keys open the machines.
    await expect(bed.backUp()).resolves.toContain(bed.backups);
  });

  test('the drill with a real etcd: it is wiped, restored, and every object of the cluster is what it was', async () => {
    const root = first();
    const directory = join(root.root, DB);
    rmSync(directory, { recursive: true });
    const etcd = async () => (await readRecord(directory))?.processes.etcd;
    const start = async () => {
      await startEmbeddedCluster({ directory, report: () => {} });
      writeFileSync(join(directory, 'etcd.pid'), `${(await etcd())?.pid}`);
    };
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
      const whole = await bed.backUp();

      const store = await etcd();
      await endProcesses(store ? [store] : []);
      rmSync(join(directory, 'etcd'), { recursive: true });
      await start();
      expect((await client(inside)).status).toBe(404);

      await bed.restore(whole);
      await start();
      const after = await everyObject(client);
      expect(Object.keys(after)).toEqual(Object.keys(before));
      expect(after).toEqual(before);
    } finally {
      await stopEmbeddedCluster(directory);
    }
  });

  test('a backup from before the tokens were rotated is opened with its own, and the machines keep theirs', async () => {
    // The test before took its store away.
    first().write(STORE, 'others');
    await bed.machinesAre(['main-server-1'], { ...bed.keys, token: 'another' });
    first().write('var/lib/keelson/secrets/token', 'another');
    await bed.restore(kept);
    expect(first().read(STORE)).toBe('objects as main-server-1 has them');
    expect(first().read('var/lib/keelson/secrets/token')).toBe('another');
  });

  test('no secret was an argument, in an environment or in a temporary file of all these runs', () => {
    expect(watch.placesOf(bed.secrets)).toEqual([]);
  });
});
