import { synthesize } from '../../lib/index.js';
import { loadApplication } from '../../stacks/application.js';
import { logicalName } from '../../stacks/object-key.js';
import { Rehearsal, TOKEN } from '../rehearsal/rehearsal.js';
import { done } from '../support/done.js';
import { SecretWatch } from '../support/secret-watch.js';
import { killEngineWhen } from './kill-engine.js';
import { describeWithSsh } from './machine-bed.js';

/*
 * From nothing to nothing, as `make rehearse` shows it: the command line as whole processes, against the simulated cloud.
 */
describeWithSsh()('a cluster of our own machines', () => {
  let stage: Rehearsal;
  let watch: SecretWatch;
  const up = (...more: string[]) => stage.keelson('up', '--env', 'staging', '--yes', ...more);
  const account = () => stage.simulator.account;
  const droplets = () =>
    account()
      .list('droplets')
      .map(({ id, name }) => [name, id]);
  const machine = (name: string) => {
    const found = stage.machines.get(name);
    if (found === undefined) throw new Error(`${name} was never started`);
    return found.root;
  };
  const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'staging' } };

  beforeAll(async () => {
    stage = await Rehearsal.open();
    watch = SecretWatch.start();
  });
  afterAll(() => {
    watch?.end();
    return stage?.close();
  });

  test('a preview of nothing shows machines, objects and the price, and makes nothing', async () => {
    const output = done(await stage.keelson('preview', '--env', 'staging'));
    expect(output).toMatch(/\+ create +Droplet main-server-1/);
    expect(output).toContain('About 50 USD a month: 2 droplets s-2vcpu-4gb 48');
    const application = await loadApplication(stage.project);
    for (const stack of synthesize(application, { environments: ['staging'] }).stacks)
      for (const { objects } of stack.manifests)
        for (const object of objects) expect(output).toContain(`${object.kind} ${objectName(object)}`);
    expect(account().list('droplets')).toEqual([]);
    expect(stage.simulator.answered.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v2/sizes',
    ]);
  });

  test('a preview says which slugs nobody knows, and what they may have been meant to be', async () => {
    const { machines } = stage.edits;
    stage.edit({ machines: { ...machines, size: 's-2vcpu-4g', region: 'fra2' } });
    const output = done(await stage.keelson('preview', '--env', 'staging'));
    stage.edit({ machines });
    expect(output).toMatch(/size "s-2vcpu-4g" is not among the known ones.*did you mean "s-2vcpu-4gb"\?/);
    expect(output).toMatch(/region "fra2" is not among the known ones.*did you mean "fra1"\?/);
    expect(account().list('vpcs')).toEqual([]);
  });

  test('production is refused while something is not pinned, before anything is made', async () => {
    const production = ['up', '--env', 'production', '--yes'];
    // Machines that were made for another environment are no better.
    expect((await stage.keelson(...production, '--no-machines')).output).toContain(
      'flake.lock: is not resolved',
    );
    const { status, output } = await stage.keelson(...production);
    expect(status).toBe(1);
    expect(output).toMatch(
      /flake\.lock: is not resolved:.*run: nix --extra-experimental-features 'nix-command flakes' flake lock path:\S+ --output-lock-file nixos\/flake\.lock/,
    );
    expect(output).toMatch(/installerSha256: is not resolved:.*run: curl /);
    expect(account().list('droplets')).toEqual([]);
  });

  test('CI is refused where the state is a folder, before anything is made', async () => {
    stage.inCi = true;
    const { status, output } = await up().finally(() => {
      stage.inCi = false;
    });
    expect(status).toBe(1);
    expect(output).toMatch(
      /file:\/\/\S+: is a folder of this machine, and CI has another machine for each run/,
    );
    expect(account().list('droplets')).toEqual([]);
  });

  test('a machine that is lost while it is made is told as such, and made anew after a refresh', async () => {
    account().faults.vanish.add('main-server-1');
    for (const why of [
      /was lost while it was made/,
      /is in the state and gone from the account.*keelson refresh/,
    ]) {
      const { status, output } = await up();
      expect(status).toBe(1);
      expect(output).toMatch(why);
    }
    account().faults.clear();
    expect(droplets().map(([name]) => name)).not.toContain('main-server-1');
    done(await stage.keelson('refresh', '--env', 'staging'));
  });

  test('a droplet that a killed run was making is not made twice by guess', async () => {
    account().faults.neverBoot.add('main-server-1');
    const killed = up();
    await killEngineWhen(() => droplets().some(([name]) => name === 'main-server-1'));
    expect((await killed).output).toMatch(/its engine was killed \(SIGKILL\)/);
    account().faults.clear();
    const { status, output } = await up();
    expect(status).toBe(1);
    expect(output).toMatch(
      /Droplet main-server-1: was being made when a run was killed.*delete it there; then npx keelson refresh --env staging forgets it/,
    );
    account().all('droplets').clear();
    expect(done(await stage.keelson('refresh', '--env', 'staging'))).toContain(
      'Droplet main-server-1: a run was killed while it made it; it is forgotten now',
    );
  });

  test('one up makes machines, configures them and brings the environment up', async () => {
    const output = done(await up());
    expect(output).toContain('main-server-1: confirmed: it is the boot default');
    expect(await stage.cluster.find(web)).toBeDefined();
    const node = JSON.parse(machine('main-server-1').read('etc/nixos/node.json'));
    expect(node).toMatchObject({
      clusterInit: true,
      serverAddress: null,
      tlsSans: ['main-api.example.com'],
      dataVolume: { device: '/dev/disk/by-id/scsi-0DO_Volume_main-data' },
      sshKeys: [expect.stringMatching(/keelson-main$/), stage.edits.keys.ada],
    });
    expect(JSON.parse(machine('main-builds').read('etc/nixos/node.json'))).toMatchObject({
      role: 'agent',
      clusterInit: false,
      serverAddress: 'https://main-api.example.com:6443',
    });
    expect(machine('main-builds').read('var/lib/keelson/secrets/token')).toBe(
      machine('main-server-1').read('var/lib/keelson/secrets/agent-token'),
    );
  });

  test('a second up changes nothing, and builds nothing', async () => {
    const calls = machine('main-server-1').calls().length;
    const output = done(await up());
    expect(output.match(/Nothing to change/g)).toHaveLength(3);
    const since = machine('main-server-1').calls().slice(calls);
    expect(since.filter((call) => call.startsWith('nixos-rebuild'))).toEqual([]);
  });

  test('nothing that is secret is in clear: not in state, settings, output, arguments or temporary files', () => {
    const { secrets } = stage;
    // Two tokens, the API's key, and what begins a private key.
    expect(secrets).toHaveLength(4);
    for (const one of secrets) expect(one.length).toBeGreaterThan(10);
    expect([...stage.placesOf(secrets), ...watch.placesOf(secrets)]).toEqual([]);
    // The token of the cloud comes from the person's environment, and goes no further.
    expect(watch.placesOf([TOKEN], ['DIGITALOCEAN_TOKEN'])).toEqual([]);
  });

  test('a colleague and a new image: no droplet is touched, the machine has the key, one object changes', async () => {
    const before = droplets();
    stage.edit({ keys: { ...stage.edits.keys, ben: stage.key('ben') }, tag: '1.0.1' });
    const output = done(await up());
    expect(droplets()).toEqual(before);
    expect(output).not.toMatch(/REPLACED|deleted/);
    expect(output.match(/^~ updated .*/gm)).toEqual([expect.stringContaining('Deployment staging/web')]);
    expect(machine('main-server-1').read('etc/nixos/node.json')).toContain('ben@example.com');
  });

  test('without --machines their provider is not asked, and nobody logs in but for the forward', async () => {
    const [answered, calls] = [stage.simulator.answered.length, machine('main-server-1').calls().length];
    done(await up('--no-machines'));
    expect(stage.simulator.answered).toHaveLength(answered);
    expect(machine('main-server-1').calls()).toHaveLength(calls);
  });

  test('an agent is drained before its droplet goes; where it is not empty it stays', async () => {
    const edits = stage.edits;
    stage.edit({ agents: {} });
    const does = machine('main-server-1').read('k3s-does');
    machine('main-server-1').write(
      'k3s-does',
      `${does}case "$*" in *drain*) echo 'cannot evict pod' >&2; exit 1 ;; esac\n`,
    );
    const refused = await up();
    expect([refused.status, refused.output]).toEqual([1, expect.stringContaining('cannot evict pod')]);
    expect(droplets().map(([name]) => name)).toContain('main-builds');
    machine('main-server-1').write('k3s-does', does);
    expect(done(await up())).toMatch(/- deleted +Droplet main-builds/);
    expect(machine('main-server-1').calls()).toContainEqual(
      expect.stringMatching(/^k3s kubectl .* drain main-builds /),
    );
    expect(droplets().map(([name]) => name)).toEqual(['main-server-1']);
    expect(edits.agents).toHaveProperty('builds');
  });

  test('a preview says that another size powers the machine off', async () => {
    const { machines } = stage.edits;
    stage.edit({ machines: { ...machines, size: 's-4vcpu-8gb' } });
    const output = done(await stage.keelson('preview', '--env', 'staging'));
    stage.edit({ machines });
    expect(output).toContain(
      'Droplet main-server-1: size s-2vcpu-4gb → s-4vcpu-8gb: the machine is powered off, changed and powered on again',
    );
  });

  test('one server becomes three by one up: the first is left as it is, the others join it', async () => {
    const before = droplets();
    stage.edit({ machines: { ...stage.edits.machines, servers: 3 } });
    expect(done(await up())).not.toMatch(/- deleted|REPLACED/);
    expect(droplets()).toEqual(expect.arrayContaining(before));
    const names = ['main-server-1', 'main-server-2', 'main-server-3'];
    expect(
      names.map((name) => {
        const { role, clusterInit, serverAddress } = JSON.parse(machine(name).read('etc/nixos/node.json'));
        return [role, clusterInit, serverAddress];
      }),
    ).toEqual([
      ['server', true, null],
      ['server', false, 'https://main-api.example.com:6443'],
      ['server', false, 'https://main-api.example.com:6443'],
    ]);
    const tokens = names.map((name) => machine(name).read('var/lib/keelson/secrets/token'));
    expect(new Set(tokens).size).toBe(1);
    expect(done(await up()).match(/Nothing to change/g)).toHaveLength(3);
  });

  test('a destroy is refused as a whole while anything is protected; then everything goes', async () => {
    const destroy = () =>
      stage.keelson('destroy', '--env', 'staging', '--machines', '--yes', '--delete-data');
    const refused = await destroy();
    expect(refused.status).toBe(1);
    for (const name of ['Droplet main-server-1', 'Volume main-data', 'Namespace staging'])
      expect(refused.output).toContain(`${name}: holds data and is protected`);
    expect(await stage.cluster.find(web)).toBeDefined();
    for (const stack of ['main-machines', 'main-cluster'])
      done(await stage.pulumi('config', 'set', '--stack', stack, 'keelson:protectData', 'false'));
    done(await up());
    const output = done(await destroy());
    expect(output).toMatch(/- deleted +Droplet main-server-1/);
    expect(await stage.cluster.find(web)).toBeUndefined();
    for (const kind of ['droplets', 'volumes', 'vpcs', 'reserved_ips', 'firewalls', 'domains', 'keys'])
      expect([kind, account().list(kind)]).toEqual([kind, []]);
  });
});

const objectName = (object: Parameters<typeof logicalName>[0]): string =>
  logicalName(object)
    .split('/')
    .filter((part, index, parts) => index !== parts.length - 2 || part !== object.kind)
    .join('/');
