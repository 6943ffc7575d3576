import { execSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NodeSettings, parseNode } from '../../lib/machine/node.js';
import { HOLD } from '../../stacks/machine/held-connection.js';
import * as machines from '../../stacks/machine/index.js';
import { sshArguments } from '../../stacks/machine/ssh-arguments.js';
import { SINGLE } from '../nixos/machines.js';
import { temporaryFolders } from '../nixos/tools.js';
import { holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { answers, describeWithSsh, freePort, MachineBed, makeKey } from './machine-bed.js';

const temporaryFolder = temporaryFolders();
const SECRETS: machines.MachineSecrets = { token: 'server-token-57e1b2', agentToken: 'agent-token-9c44d0' };
/** So that nothing waits long where it is to fail. */
const QUICK = { pause: 50, rollbackAfter: 60, readyWithin: 1 } as const;

describeWithSsh()('a machine over SSH', () => {
  let beds: MachineBed[] = [];
  let said: string[] = [];
  let home = '';
  let key: ReturnType<typeof makeKey>;

  beforeEach(() => {
    said = [];
    home = temporaryFolder();
    key = makeKey(join(home, 'key'), 'bootstrap');
  });

  afterEach(async () => {
    await Promise.all(beds.map((bed) => bed.stop()));
    beds = [];
  });

  const report = (message: string): void => void said.push(message);
  const options = () => ({ ...QUICK, report });
  const settings = (more: object = {}): NodeSettings =>
    parseNode({ ...SINGLE, sshKeys: [key.line], ...more });
  const privateKey = () => ({ privateKey: readFileSync(key.file, 'utf8') });

  async function bed(name = 'main-1'): Promise<MachineBed> {
    const folder = join(home, name);
    mkdirSync(folder);
    const made = new MachineBed(name, folder, [key.line]);
    beds.push(made);
    await made.start();
    return made;
  }
  const switched = ({ root }: MachineBed) => root.calls().filter((call) => /^(old|new) /.test(call));
  const current = ({ root }: MachineBed) =>
    realpathSync(join(root.root, 'run/current-system')).replace(root.root, '');

  test('secrets, upload, build, try, confirm and the kubeconfig; a second time nothing is left to do', async () => {
    const one = await bed();
    const machine = one.machine({ identity: privateKey() });
    const first = await machines.bringUp(machine, settings(), SECRETS, options());
    expect(first).toEqual({
      system: join(one.root.root, 'nix/store/new'),
      secrets: ['token', 'agent-token'],
    });
    expect(switched(one)).toEqual(['new test', 'new boot']);
    expect(one.root.read('var/lib/keelson/secrets/token')).toBe(SECRETS.token);
    const folder = join(one.root.root, 'var/lib/keelson/secrets');
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'token')).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
    expect(readdirSync(folder).sort()).toEqual(['agent-token', 'token']);
    expect(one.root.read('etc/nixos/node.json')).toBe(`${JSON.stringify(settings(), null, 2)}\n`);
    expect(said).toContain("main-1: building '/nix/store/new'");

    const kubeconfig = await machines.kubeconfigOf(machine, { cluster: 'main' });
    expect(JSON.parse(kubeconfig)).toMatchObject({
      'current-context': 'main',
      clusters: [{ name: 'main', cluster: { server: 'https://127.0.0.1:6443' } }],
      users: [{ name: 'main-admin' }],
    });

    const calls = one.root.calls().length;
    const again = await machines.bringUp(machine, settings(), SECRETS, options());
    expect(again).toEqual({ system: undefined, secrets: [] });
    expect(
      one.root
        .calls()
        .slice(calls)
        .filter((call) => !/is-active|readyz/.test(call)),
    ).toEqual([]);
  });

  test('the file system of a data volume grows with it, also where nothing else changes', async () => {
    const one = await bed();
    const machine = one.machine({ identity: { file: key.file } });
    const node = settings({ dataVolume: { device: '/dev/disk/by-id/scsi-0DO_Volume_main-1' } });
    const grown = () => one.root.calls().filter((call) => call === 'resize2fs /dev/sda').length;
    await machines.applyConfiguration(machine, node, SECRETS, options());
    expect(grown()).toBe(1);
    const again = await machines.applyConfiguration(machine, node, SECRETS, options());
    expect([again.system, grown()]).toEqual([undefined, 2]);
    expect(one.root.calls()).toContain('findmnt --noheadings --output SOURCE --mountpoint /data');
  });

  test('a build that fails activates nothing, and its end is shown', async () => {
    const one = await bed();
    one.root.command('nixos-rebuild', "echo 'error: attribute k3s_1_35 missing' >&2; exit 1");
    const applied = machines.applyConfiguration(
      one.machine({ identity: { file: key.file } }),
      settings(),
      SECRETS,
      options(),
    );
    await expect(applied).rejects.toThrow(
      /build: failed, and nothing was activated:\n.*attribute k3s_1_35 missing/s,
    );
    expect(switched(one)).toEqual([]);
    expect(one.root.exists('run/keelson/trying')).toBe(false);
  });

  test('an activation that fails is rolled back, and the next one may try again', async () => {
    const one = await bed();
    one.system('new', 'exit 4');
    const machine = one.machine({ identity: { file: key.file } });
    const applied = machines.applyConfiguration(machine, settings(), SECRETS, options());
    await expect(applied).rejects.toThrow(
      /try: failed; the machine runs what it ran before.*journalctl -u keelson-activate/s,
    );
    expect(current(one)).toBe('/nix/store/old');
    one.system('new');
    await machines.applyConfiguration(machine, settings(), SECRETS, options());
    expect(current(one)).toBe('/nix/store/new');
    expect(said).toContain('main-1: has these files already');
  });

  test('what activates without k3s becoming ready is rolled back, and says so', async () => {
    const one = await bed();
    one.ready(false);
    const applied = machines.applyConfiguration(
      one.machine({ identity: { file: key.file } }),
      settings(),
      SECRETS,
      options(),
    );
    await expect(applied).rejects.toThrow(
      /confirm: failed, and was rolled back.*not ready after 1 s.*journalctl -u k3s/s,
    );
    expect(switched(one)).toEqual(['new test', 'old test']);
    expect(current(one)).toBe('/nix/store/old');
    expect(one.root.exists('etc/nixos/.keelson-tree')).toBe(false);
    expect(one.root.exists('.timer')).toBe(false);
  });

  test('a connection cut in the middle of the activation does not stop it: a new one confirms', async () => {
    const one = await bed();
    one.system('new', 'until [ -e "$KEELSON_ROOT/go-on" ]; do sleep 0.05; done');
    const applied = machines.applyConfiguration(
      one.machine({ identity: privateKey() }),
      settings(),
      SECRETS,
      options(),
    );
    await until(() => one.root.exists('.activation'));
    expect(one.cut()).toBeGreaterThan(0);
    await until(() => said.some((line) => line.includes('the connection broke while it was activated')));
    await sleep(300);
    one.root.write('go-on', '');
    expect(await applied).toMatchObject({ system: join(one.root.root, 'nix/store/new') });
    expect(switched(one)).toEqual(['new test', 'new boot']);
  });

  test('a machine that lets nobody in any more rolls back by its timer, which is waited for and said', async () => {
    const one = await bed();
    const keys = join(one.folder, 'authorized_keys');
    // As a firewall or a key of the new configuration does, until the old one is back.
    one.system('new', `[ "$1" != test ] || mv '${keys}' '${keys}.away'`);
    one.system('old', `mv '${keys}.away' '${keys}'`);
    const applied = machines.applyConfiguration(
      one.machine({ identity: { file: key.file } }),
      settings(),
      SECRETS,
      {
        ...options(),
        rollbackAfter: 3,
      },
    );
    await expect(applied).rejects.toThrow(
      /confirm: the machine rolled back after no connection could be made.*not confirmed within 3 s/s,
    );
    expect(current(one)).toBe('/nix/store/old');
  });

  test('what somebody else is trying is left alone', async () => {
    const one = await bed();
    one.root.write('run/keelson/trying', '/nix/store/theirs\n');
    const applied = machines.applyConfiguration(
      one.machine({ identity: { file: key.file } }),
      settings(),
      SECRETS,
      options(),
    );
    await expect(applied).rejects.toThrow(/theirs is being tried.*keelson-rollback/s);
    expect(one.root.calls().filter((call) => call.startsWith('nixos-rebuild'))).toEqual([]);
  });

  test('another host key is refused with the two ways on, and forgetting it helps', async () => {
    const one = await bed();
    const machine = one.machine({ identity: { file: key.file } });
    await machines.waitForMachine(machine, { pause: 50 });
    await one.stop();
    one.makeHostKey('other-host-key');
    await one.start('other-host-key');
    const waiting = machines.waitForMachine(machine, { pause: 50 });
    await expect(waiting).rejects.toMatchObject({ fault: 'host key changed' });
    const message = String(await waiting.catch((error: unknown) => error));
    const [, forget = ''] = /(ssh-keygen -R \S+ -f \S+)/.exec(message) ?? [];
    expect(message).toMatch(/made anew, or somebody answers in its place.*SHA256:|SHA256:.*made anew/s);
    execSync(forget, { stdio: 'ignore' });
    await expect(machines.waitForMachine(machine, { pause: 50 })).resolves.toMatchObject({ ready: true });
  });

  test('a wrong key, one that is none, and a port on which nobody listens are explained', async () => {
    const one = await bed();
    const wrong = makeKey(join(home, 'wrong'), 'wrong');
    const ask = (more: object) =>
      machines.withSsh(one.machine(more), {}, (ssh) => machines.machineState(ssh));
    await expect(ask({ identity: { file: wrong.file } })).rejects.toMatchObject({
      fault: 'permission denied',
    });
    await expect(ask({ identity: { privateKey: readFileSync(wrong.file, 'utf8') } })).rejects.toThrow(
      /does not let .* in with the machine’s own key/,
    );
    await expect(ask({ identity: { privateKey: 'no key' } })).rejects.toMatchObject({
      fault: 'unusable key',
    });
    await expect(ask({ port: await freePort(), identity: { file: key.file } })).rejects.toMatchObject({
      fault: 'refused',
      passing: true,
    });
  });

  test('a machine that does not come up in time says how to look at it; one that failed shows its log', async () => {
    const one = await bed();
    const machine = one.machine({ identity: { file: key.file } });
    one.ready(false);
    const late = machines.waitForMachine(machine, { pause: 50, within: 1000, report });
    await expect(late).rejects.toThrow(
      /NixOS runs, k3s is not ready yet.*journalctl -u k3s.*recovery console/s,
    );
    rmSync(join(one.root.root, 'etc/NIXOS'));
    one.root.write('var/log/keelson-infect.log', 'keelson: download and verify nixos-infect\n');
    await machines.waitForMachine(machine, { pause: 50, within: 500, report }).catch(() => {});
    expect(said).toContain('main-1: becoming NixOS: download and verify nixos-infect');
    one.root.write(
      'etc/keelson/failed',
      'This machine did not become NixOS (exit code 1).\nchecksum did not match\n',
    );
    await expect(machines.waitForMachine(machine, { pause: 50 })).rejects.toThrow(
      /installation: failed.*checksum did not match.*log in with: ssh -p/s,
    );
  });

  test('an abort ends the waiting and leaves nothing behind', async () => {
    const one = await bed();
    one.ready(false);
    const before = ownFolders();
    const aborter = new AbortController();
    const waiting = machines.waitForMachine(one.machine({ identity: privateKey() }), {
      pause: 50,
      signal: aborter.signal,
    });
    setTimeout(() => aborter.abort(new Error('enough')), 300);
    await expect(waiting).rejects.toThrow(/enough|aborted/);
    // Others may work beside us, with folders of their own that go as well.
    await until(() => ownFolders().every((name) => before.includes(name)));
  });

  test('no secret is on a command line, in what is reported, or in a file', async () => {
    const one = await bed();
    const bytes = readFileSync(key.file, 'utf8').split('\n')[2] ?? '';
    const hidden = [SECRETS.token, SECRETS.agentToken ?? '', bytes, 'a3ViZWNvbmZpZy1wcml2YXRlLWtleQ=='];
    const watch = SecretWatch.start();
    const machine = one.machine({ identity: privateKey() });
    await machines.bringUp(machine, settings(), SECRETS, options());
    const kubeconfig = await machines.kubeconfigOf(machine, { cluster: 'main' });
    const found = watch.placesOf(hidden);
    watch.end();
    expect(kubeconfig).toContain(hidden[3]);
    expect(watch.samples).toBeGreaterThan(10);
    expect(found).toEqual([]);
    const texts = [
      said.join('\n'),
      one.root.read('.calls'),
      one.root.read('.commands-asked'),
      readFileSync(machine.knownHosts, 'utf8'),
    ];
    for (const secret of hidden) expect(texts.filter((text) => holds(text, secret))).toEqual([]);
    const file = join(home, 'kubeconfig');
    machines.writeKubeconfig(file, kubeconfig);
    expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8')]).toEqual([0o600, kubeconfig]);
  });

  test('a server does not get another token than its cluster was made with; a new agent token restarts k3s', async () => {
    const one = await bed();
    const machine = one.machine({ identity: { file: key.file } });
    await machines.applyConfiguration(machine, settings(), SECRETS, options());
    const other = machines.applyConfiguration(
      machine,
      settings(),
      { ...SECRETS, token: 'another' },
      options(),
    );
    await expect(other).rejects.toThrow(
      /token: is another than the machine has.*keelson rotate-keys --tokens/,
    );
    const rotated = { ...SECRETS, agentToken: 'agent-token-new' };
    expect(await machines.applyConfiguration(machine, settings(), rotated, options())).toEqual({
      system: undefined,
      secrets: ['agent-token'],
    });
    expect(one.root.read('var/lib/keelson/secrets/token')).toBe(SECRETS.token);
    expect(one.root.calls()).toContain('systemctl try-restart k3s.service');
  });

  test('keys change by an update; the one of the connection cannot go; k3s skips no minor', async () => {
    const one = await bed();
    const machine = one.machine({ identity: privateKey() });
    const ada = makeKey(join(home, 'ada'), 'ada@example.com').line;
    await machines.applyConfiguration(
      machine,
      settings({ versions: { k3s: 'k3s_1_31' } }),
      SECRETS,
      options(),
    );
    const fingerprint = await machines.withSsh(machine, {}, machines.connectionKey);
    expect(fingerprint).toBe(machines.fingerprintOf(key.line));
    const node = settings({ versions: { k3s: 'k3s_1_32' } });
    const both = machines.changeKeys(node, { add: [ada] }, fingerprint);
    await machines.applyConfiguration(machine, both, SECRETS, options());
    expect(one.root.read('etc/nixos/node.json')).toContain('ada@example.com');
    expect(said.join('\n')).toContain('traefik v2 becomes v3');
    const locked = machines.applyConfiguration(machine, settings({ sshKeys: [ada] }), SECRETS, options());
    await expect(locked).rejects.toThrow(/sshKeys: lacks the key of this connection/);
    const skipped = machines.applyConfiguration(
      machine,
      settings({ versions: { k3s: 'k3s_1_34' } }),
      SECRETS,
      options(),
    );
    await expect(skipped).rejects.toThrow(/skips minors.*the next is "k3s_1_33"/s);
  });

  describe('a forward', () => {
    let api: Server;
    let remotePort = 0;
    beforeEach(async () => {
      remotePort = await freePort();
      api = createServer((_, response) => response.end('ok'));
      await new Promise<void>((resolve) => api.listen(remotePort, '127.0.0.1', () => resolve()));
    });
    afterEach(() => {
      api.closeAllConnections();
      api.close();
    });
    const get = async (port: number): Promise<string> =>
      await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } }).then((answer) =>
        answer.text(),
      );

    test('survives a connection that is cut, on the same port, and is closed at the end', async () => {
      const one = await bed();
      const used = await machines.withForward(
        one.machine({ identity: privateKey() }),
        async ({ port, server }) => {
          expect(await get(port)).toBe('ok');
          expect(one.cut()).toBe(1);
          await until(() => said.some((line) => line.includes('opening it again')));
          await until(async () => (await get(port).catch(() => '')) === 'ok');
          return { port, server };
        },
        { remotePort, report },
      );
      expect(used.server).toBe(`https://127.0.0.1:${used.port}`);
      expect(await answers(used.port)).toBe(false);
    });

    test('is given up where it cannot be opened again, and what uses it hears of it', async () => {
      const one = await bed();
      let heard = false;
      const used = machines.withForward(
        one.machine({ identity: { file: key.file } }),
        async ({ signal }) => {
          signal.addEventListener('abort', () => {
            heard = true;
          });
          await one.stop();
          await new Promise(() => {});
        },
        { remotePort, patience: 500 },
      );
      await expect(used).rejects.toMatchObject({ fault: 'refused' });
      expect(heard).toBe(true);
    });

    test('ends with the process that opened it, however that dies', async () => {
      const one = await bed();
      const port = await freePort();
      const file = join(home, 'hold.js');
      const args = [
        '-L',
        `${port}:127.0.0.1:${remotePort}`,
        ...sshArguments(one.machine({ identity: { file: key.file } })),
      ];
      writeFileSync(
        file,
        `require('child_process').spawn('ssh', ${JSON.stringify([...args, HOLD])}, { stdio: 'pipe' });`,
      );
      const child = spawn(process.execPath, [file], { stdio: 'ignore' });
      await until(() => answers(port));
      child.kill('SIGKILL');
      await until(async () => !(await answers(port)));
    });
  });

  test('logins go over one connection, and over another where it is gone or was left', async () => {
    const one = await bed();
    const before = ownFolders();
    const machine = one.machine({ identity: privateKey() });
    await machines.withConnections(async (connections) => {
      const ask = (how: { readonly fresh?: boolean } = {}) =>
        machines.withSsh(machine, { connections }, (ssh) => ssh.run('echo here', { what: 'ask', ...how }));
      await Promise.all([ask(), ask()]);
      await ask();
      await until(() => one.logins === 1);
      expect(one.cut()).toBeGreaterThan(0);
      await until(() =>
        ask().then(
          () => true,
          () => false,
        ),
      );
      await until(() => one.logins === 2);
      await machines.withSsh(machine, { connections }, (ssh) => ssh.reconnect());
      await ask();
      await until(() => one.logins === 3);
      await ask({ fresh: true });
      await until(() => one.logins === 4);
      await ask();
    });
    expect(one.logins).toBe(4);
    await until(() => one.cut() === 0);
    await until(() => ownFolders().every((name) => before.includes(name)));
  });

  describe('a rolling update', () => {
    const cluster = async (): Promise<{ beds: MachineBed[]; all: machines.ClusterMachine[] }> => {
      const names = ['worker-1', 'main-2', 'main-1'];
      const made = await Promise.all(names.map((name) => bed(name)));
      const serverAddress = 'https://api.example.com:6443';
      const all = made.map((one): machines.ClusterMachine => {
        const agent = one.name.startsWith('worker');
        return {
          machine: one.machine({ identity: { file: key.file } }),
          node: settings({
            hostname: one.name,
            role: agent ? 'agent' : 'server',
            ...(one.name !== 'main-1' && { serverAddress }),
          }),
          secrets: agent ? { token: SECRETS.agentToken ?? '' } : SECRETS,
        };
      });
      return { beds: made, all };
    };

    test('takes the first server, the others, then agents', async () => {
      const { all } = await cluster();
      expect([...(await machines.rollingUpdate(all, options())).keys()]).toEqual([
        'main-1',
        'main-2',
        'worker-1',
      ]);
    });

    test('stops at the one that is not healthy, and names those that were not touched', async () => {
      const {
        beds: [worker, second, first],
        all,
      } = await cluster();
      second?.system('new', ': ');
      second?.ready(false);
      await expect(machines.rollingUpdate(all, options())).rejects.toThrow(
        /Machine "main-2".*rolled back.*not touched: worker-1/s,
      );
      expect(first && current(first)).toBe('/nix/store/new');
      expect(second && current(second)).toBe('/nix/store/old');
      expect(worker && switched(worker)).toEqual([]);
    });

    test('does not begin while another server is not healthy', async () => {
      const {
        beds: [worker, second, first],
        all,
      } = await cluster();
      await machines.rollingUpdate(all, options());
      second?.ready(false);
      const before = first && switched(first).length;
      const changed = all.map((one) => ({ ...one, node: { ...one.node, nodeLabels: { zone: 'a' } } }));
      await expect(machines.rollingUpdate(changed, options())).rejects.toThrow(
        /stops before main-1, main-2, worker-1.*main-2: k3s is not ready/s,
      );
      expect(first && switched(first).length).toBe(before);
      expect(worker && switched(worker)).toEqual(['new test', 'new boot']);
    });

    test('that has nothing to do logs in twice: for all that it asks, and to see which key lets it in', async () => {
      const { beds: made, all } = await cluster();
      await machines.rollingUpdate(all, options());
      const before = made.map(({ logins }) => logins);
      await machines.rollingUpdate(all, options());
      await until(() => made.every(({ logins }, index) => logins === (before[index] ?? 0) + 2));
    });
  });

  test('an agent is drained before it is removed; one that does not get empty stays', async () => {
    const one = await bed();
    const machine = one.machine({ identity: { file: key.file } });
    one.root.write('k3s-does', 'case "$*" in *"get node"*) echo node/worker-1 ;; esac\n');
    await machines.removeNode(machine, 'worker-1', { report });
    const steps = one.root.calls().filter((call) => call.startsWith('k3s kubectl'));
    expect(steps.map((step) => step.split(' ')[4])).toEqual(['get', 'drain', 'delete']);
    one.root.write(
      'k3s-does',
      'case "$*" in *"get node"*) echo node/worker-1 ;; *drain*) echo "Cannot evict pod" >&2; exit 1 ;; esac\n',
    );
    await expect(machines.removeNode(machine, 'worker-1')).rejects.toThrow(
      /drain: is not empty.*Cannot evict pod.*uncordon/s,
    );
    one.root.write('k3s-does', '');
    await expect(machines.removeNode(machine, 'gone')).resolves.toBeUndefined();
  });
});

const ownFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('keelson-ssh-'));

async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await look()); tries += 1) {
    if (tries > 600) throw new Error(`never: ${look}`);
    await sleep(50);
  }
}
