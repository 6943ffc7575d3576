import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../../lib/config/versions.js';
import { parseNode } from '../../lib/machine/node.js';
import { firstState } from '../../lib/machine/user-data.js';
import { filesBelow, ROOT } from '../support/repository.js';
import { type Evaluated, evaluated } from './evaluate.js';
import { RUNTIME_INPUTS } from './machine-commands.js';
import { KEY, MACHINES, SINGLE } from './machines.js';
import { describeWith, run } from './tools.js';

const withNix = describeWith('nix-instantiate', 'nix-bin');
const nixFiles = filesBelow('nixos').filter((path) => path.endsWith('.nix'));

withNix('every Nix file', () => {
  test('can be parsed', () => {
    expect(nixFiles.length).toBeGreaterThan(15);
    const { status, stderr } = run('nix-instantiate', ['--parse', ...nixFiles], { cwd: ROOT });
    expect({ status, errors: stderr.match(/error:.*/g) }).toEqual({ status: 0, errors: null });
  });
});

withNix('the modules, evaluated', () => {
  let all: Record<string, Evaluated>;
  const of = (name: keyof typeof MACHINES): Evaluated => all[name] as Evaluated;
  beforeAll(() => {
    all = evaluated({ ...MACHINES, exampleFile: JSON.parse(readExample()) });
  });

  test('no machine fails an assertion, the example in nixos/ included', () => {
    expect(Object.entries(all).filter(([, { failed }]) => failed.length > 0)).toEqual([]);
    expect(Object.keys(all)).toHaveLength(5);
  });

  test('a single server begins a cluster with embedded etcd, whose settings are one file', () => {
    const { k3s } = of('single');
    expect(k3s.file).toEqual(k3s.settings);
    expect(k3s.settings).toEqual({
      'node-name': 'main-1',
      'node-label': [],
      'flannel-iface': 'eth1',
      'protect-kernel-defaults': true,
      'kube-proxy-arg': ['nodeport-addresses=10.110.0.0/20'],
      'write-kubeconfig-mode': '0600',
      'tls-san': ['api.example.com'],
      'flannel-backend': 'vxlan',
      disable: [],
      'secrets-encryption': true,
      'embedded-registry': true,
      'kube-apiserver-arg': [
        'admission-control-config-file=/nix/store/admission.json',
        'audit-policy-file=/nix/store/audit-policy.json',
        'audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log',
        'audit-log-maxage=30',
        'audit-log-maxbackup=5',
        'audit-log-maxsize=50',
      ],
    });
    expect(k3s.package).toBe(machine.k3s);
    expect(k3s.service).toMatchObject({
      enable: true,
      role: 'server',
      clusterInit: true,
      serverAddr: '',
      tokenFile: '/var/lib/keelson/secrets/token',
      agentTokenFile: '/var/lib/keelson/secrets/agent-token',
      environmentFile: null,
      gracefulNodeShutdown: { enable: true, shutdownGracePeriod: '60s' },
      extraKubeletConfig: { kubeReserved: { cpu: '200m', memory: '1024Mi' }, containerLogMaxSize: '10Mi' },
    });
    expect(of('single').logind).toEqual({ InhibitDelayMaxSec: 60 });
  });

  test('k3s waits for its secrets, and nothing of them is in /etc/nixos or the settings', () => {
    const secrets = '/var/lib/keelson/secrets';
    expect(of('single').k3s.unit).toEqual({
      ConditionPathExists: [`${secrets}/token`, `${secrets}/agent-token`],
    });
    expect(of('agent').k3s.unit.ConditionPathExists).toEqual([`${secrets}/token`]);
    expect(of('first').k3s.unit.ConditionPathExists).toEqual(
      expect.arrayContaining([`${secrets}/snapshots.env`]),
    );
    expect(of('single').tmpfiles).toContain(`d ${secrets} 0700 root root - -`);
  });

  test('the first of three has registries, snapshots, a volume and labels', () => {
    const { k3s, etc, fileSystems } = of('first');
    expect(k3s.settings).toMatchObject({
      'node-label': ['example.com/disk=ssd'],
      disable: ['servicelb'],
      'etcd-s3': true,
      'etcd-s3-bucket': 'snapshots',
      'etcd-s3-endpoint': 'fra1.digitaloceanspaces.com',
      'etcd-s3-region': 'fra1',
      'etcd-s3-folder': 'main',
      'etcd-snapshot-schedule-cron': '0 */6 * * *',
      'etcd-snapshot-retention': 28,
      'default-local-storage-path': '/data/local-path',
    });
    expect(k3s.service.environmentFile).toBe('/var/lib/keelson/secrets/snapshots.env');
    expect(k3s.unit.RequiresMountsFor).toBe('/data');
    expect(fileSystems['/data']).toMatchObject({
      device: '/dev/disk/by-id/scsi-0DO_Volume_main-1',
      autoFormat: true,
      options: expect.arrayContaining(['nofail']),
    });
    expect(etc['rancher/k3s/registries.yaml']).toEqual(MACHINES.first.registries);
  });

  test('a joining server and an agent join, and begin nothing', () => {
    expect(of('joining').k3s.service).toMatchObject({
      role: 'server',
      clusterInit: false,
      serverAddr: 'https://api.internal.example.com:6443',
    });
    expect(of('joining').k3s.package).toBe('k3s_1_34');
    expect(of('agent').k3s.service).toMatchObject({
      role: 'agent',
      clusterInit: false,
      serverAddr: 'https://api.internal.example.com:6443',
      agentTokenFile: null,
    });
  });

  test('an agent is given no flag that only servers know', () => {
    expect(Object.keys(of('agent').k3s.settings).sort()).toEqual([
      'flannel-iface',
      'kube-proxy-arg',
      'node-label',
      'node-name',
      'protect-kernel-defaults',
    ]);
    expect(of('agent').k3s.unit.RequiresMountsFor).toBe('/srv');
  });

  test('what must be the same on all servers is', () => {
    const shared = ['flannel-backend', 'secrets-encryption', 'embedded-registry', 'disable'];
    const of3 = (name: 'single' | 'joining') => shared.map((key) => of(name).k3s.settings[key]);
    expect(of3('joining')).toEqual(of3('single'));
  });

  test('only 80 and 443 are public; the API and etcd answer on the private network', () => {
    for (const name of ['single', 'joining', 'agent'] as const)
      expect(of(name).firewall).toMatchObject({ allowedTCPPorts: [80, 443], allowedUDPPorts: [] });
    expect(of('single').firewall.interfaces).toEqual({
      eth1: { allowedTCPPorts: [10250, 5001, 6443, 2379, 2380], allowedUDPPorts: [8472] },
    });
    expect(of('agent').firewall.interfaces).toEqual({
      eth1: { allowedTCPPorts: [10250, 5001], allowedUDPPorts: [51820] },
    });
    expect(of('single').firewall.trustedInterfaces).toEqual(['cni0', 'flannel.1']);
    expect(of('agent').firewall.trustedInterfaces).toEqual(['cni0', 'flannel-wg']);
  });

  test('SSH answers operators only, by key only', () => {
    expect(of('first').firewall.extraCommands.split('\n')).toEqual([
      'iptables -A nixos-fw -p tcp -s 192.0.2.7/32 --dport 22 -j nixos-fw-accept',
      'ip6tables -A nixos-fw -p tcp -s 2001:db8::/64 --dport 22 -j nixos-fw-accept',
    ]);
    expect(of('first').ssh).toMatchObject({
      openFirewall: false,
      settings: { PasswordAuthentication: false, PermitRootLogin: 'prohibit-password' },
    });
    expect(of('first').keys).toEqual([KEY]);
  });

  test('the guard of the metadata is there before k3s, and is never restarted', () => {
    expect(of('agent').guard).toMatchObject({
      requiredBy: ['k3s.service'],
      before: ['k3s.service'],
      reloadIfChanged: true,
    });
  });

  test('where another class is the default, k3s leaves its own alone, and takes no mark back', () => {
    const skip = '/var/lib/rancher/k3s/server/manifests/local-storage.yaml.skip';
    expect(of('first').tmpfiles).toEqual(
      expect.arrayContaining([
        'd /var/lib/rancher/k3s/server 0700 root root - -',
        `f ${skip} 0600 root root - -`,
      ]),
    );
    expect(of('first').defaultClass).toMatchObject({
      after: ['k3s.service'],
      unitConfig: { ConditionPathExists: of('first').k3s.unit.ConditionPathExists },
      serviceConfig: { ExecStart: '/nix/store/keelson-default-class/bin/keelson-default-class' },
    });
    for (const name of ['single', 'agent'] as const) {
      expect(of(name).defaultClass).toBeNull();
      // A class that is k3s' own again is applied again.
      expect(of(name).tmpfiles).toContain(`r ${skip} - - - - -`);
    }
  });

  test('each script has the packages that it is tested with', () => {
    const commands = { ...of('single').commands, ...of('first').commands };
    const inputs = Object.entries(commands).map(([name, packages]) => [
      name.replace('keelson-', ''),
      packages.map((one) => one.replace(/^k3s_.*/, 'k3s')).sort(),
    ]);
    expect(Object.fromEntries(inputs)).toEqual(
      Object.fromEntries(
        Object.entries(RUNTIME_INPUTS).map(([name, packages]) => [name, [...packages].sort()]),
      ),
    );
  });

  test('every machine keeps itself in order, and nobody changes it by hand', () => {
    for (const name of ['single', 'agent'] as const)
      expect(of(name).housekeeping).toMatchObject({
        gc: { automatic: true, dates: 'weekly', options: '--delete-older-than 30d' },
        settings: { 'auto-optimise-store': true, 'min-free': 1024 ** 3, 'max-free': 3 * 1024 ** 3 },
        mutableUsers: false,
        sudo: false,
        timeZone: 'UTC',
        journald: 'SystemMaxUse=1G\nMaxRetentionSec=1month\n',
      });
    expect(of('single').k3s.service).toMatchObject({
      gracefulNodeShutdown: { shutdownGracePeriodCriticalPods: '15s' },
      extraKubeletConfig: {
        evictionHard: expect.objectContaining({ 'nodefs.available': expect.any(String) }),
      },
    });
  });

  test('over what nixos-infect writes, ours counts', () => {
    const [first] = Object.values(evaluated({ first: firstState(MACHINES.first, KEY) }, { entry: 'host' }));
    expect(first).toMatchObject({
      hostName: 'main-1',
      domain: null,
      stateVersion: '26.05',
      keys: [KEY],
      zram: true,
      failed: [],
    });
  });

  test('nixpkgs’ own lib says the same', () => {
    const lib = process.env.KEELSON_NIXPKGS_LIB;
    if (lib === undefined || !existsSync(join(lib, 'modules.nix'))) {
      console.warn('Without KEELSON_NIXPKGS_LIB (a folder lib/ of nixpkgs) only our own evaluator is asked.');
      return;
    }
    const { exampleFile: _, ...ours } = all;
    expect(evaluated(MACHINES, { lib })).toEqual(ours);
  });
});

const readExample = () => readFileSync(join(ROOT, 'nixos/node.example.json'), 'utf8');

test('the example in nixos/ is what TypeScript writes', () => {
  expect(JSON.parse(readExample())).toEqual(parseNode(SINGLE));
});

test('the flake takes nixpkgs from the pinned channel', () => {
  const flake = readFileSync(join(ROOT, 'nixos/flake.nix'), 'utf8');
  expect(flake).toContain(`github:NixOS/nixpkgs/${machine.nixosChannel}"`);
});
