import { evaluated, evaluateNix } from './evaluate.js';
import { MACHINES } from './machines.js';
import { describeWith } from './tools.js';

describeWith('nix-instantiate', 'nix-bin')('a node.json with a mistake', () => {
  const { single } = MACHINES;
  const wrong: Record<string, object> = {
    'unknown key': { ...single, hostnme: 'main-1' },
    'unknown key inside': { ...single, versions: { ...single.versions, kubernetes: '1.35' } },
    'credentials of a registry': {
      ...single,
      registries: {
        mirrors: {},
        configs: { 'registry.example.com': { auth: { username: 'a', password: 'b' } } },
      },
    },
    'missing key': Object.fromEntries(Object.entries(single).filter(([key]) => key !== 'role')),
    'wrong type': { ...single, clusterInit: 'yes' },
    'number as text': { ...single, reservations: { cpuMillis: '200', memoryMiB: 1024 } },
    'unknown role': { ...single, role: 'master' },
    'command in an address': { ...single, operatorCidrs: ['192.0.2.7/32; reboot'] },
    'command in an interface': { ...single, privateNetwork: { interface: 'eth1 -j', cidr: '10.110.0.0/20' } },
    'device that a reboot renames': { ...single, dataVolume: { device: '/dev/sda', mountPoint: '/data' } },
    'unknown package of k3s': { ...single, versions: { ...single.versions, k3s: 'k3s_1_2' } },
  };

  test('is an error of the evaluation', () => {
    const outcomes = evaluated<boolean>({ ...wrong, right: single }, { succeeds: true });
    expect(outcomes).toEqual({
      ...Object.fromEntries(Object.keys(wrong).map((key) => [key, false])),
      right: true,
    });
  });

  test('is named with its place', () => {
    expect(evaluateNix({ wrong: wrong['unknown key inside'] }).stderr).toContain(
      "The option `keelson.node.versions.kubernetes' does not exist.",
    );
  });

  test('contradictions fail an assertion', () => {
    const contradicting = {
      lonelyAgent: { ...single, role: 'agent', clusterInit: false },
      initAndJoin: { ...single, serverAddress: 'https://api.example.com:6443' },
      agentSnapshots: { ...MACHINES.agent, snapshots: MACHINES.first.snapshots },
      nobody: { ...single, sshKeys: [] },
    };
    const failed = Object.entries(evaluated(contradicting)).map(([name, one]) => [name, one.failed.length]);
    expect(failed).toEqual(
      Object.keys(contradicting)
        .sort()
        .map((name) => [name, 1]),
    );
  });
});
