import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { evaluated } from './evaluate.js';
import { MachineRoot } from './machine-root.js';
import { MACHINES } from './machines.js';
import { describeWith, temporaryFolders } from './tools.js';

const temporaryFolder = temporaryFolders();

/** As DigitalOcean documents it: https://docs.digitalocean.com/reference/api/metadata/ */
const METADATA = {
  interfaces: {
    public: [{ ipv4: { ip_address: '203.0.113.10', netmask: '255.255.240.0', gateway: '203.0.113.1' } }],
    private: [{ ipv4: { ip_address: '10.110.0.3', netmask: '255.255.240.0', gateway: '0.0.0.0' } }],
  },
};

const withNix = describeWith('nix-instantiate', 'nix-bin');

(withNix === describe ? describeWith('jq') : withNix)('an image without nixos-infect', () => {
  const units = () => {
    const { single, agent } = evaluated(
      {
        single: MACHINES.single,
        agent: { ...MACHINES.agent, privateNetwork: { interface: 'ens4', cidr: '10.0.0.0/8' } },
      },
      { entry: 'image' },
    );
    return { single, agent, unit: single?.image?.['keelson-private-address'] };
  };

  test('has the interfaces that node.json names', () => {
    const { single } = units();
    expect(single).toMatchObject({ usePredictableInterfaceNames: false, failed: [] });
    expect(single?.k3s.settings['flannel-iface']).toBe('eth1');
  });

  test('gives the private one its address before k3s, which takes its own from there', () => {
    expect(units().unit).toMatchObject({
      requiredBy: ['k3s.service'],
      before: ['k3s.service'],
      requires: ['digitalocean-metadata.service'],
      after: ['digitalocean-metadata.service'],
      path: ['/nix/store/iproute2', '/nix/store/jq'],
    });
  });

  test('takes it from the metadata; a droplet without a private network says so by a failed unit', () => {
    const start = (metadata: object, name: 'single' | 'agent') => {
      const folder = join(temporaryFolder(), 'root');
      mkdirSync(folder);
      const root = new MachineRoot(folder);
      root.command('ip');
      root.write('v1.json', JSON.stringify(metadata));
      const script = String(units()[name]?.image?.['keelson-private-address']?.script);
      root.write('start', `set -e\n${script.replace('/run/do-metadata/v1.json', join(folder, 'v1.json'))}`);
      return { status: root.run(join(folder, 'start')).status, calls: root.calls() };
    };
    expect(start(METADATA, 'single')).toEqual({
      status: 0,
      calls: ['ip address replace 10.110.0.3/255.255.240.0 dev eth1', 'ip link set eth1 up'],
    });
    expect(start(METADATA, 'agent').calls).toContain('ip link set ens4 up');
    const { public: only } = METADATA.interfaces;
    expect(start({ interfaces: { public: only } }, 'single')).toMatchObject({ calls: [] });
    expect(start({ interfaces: { public: only } }, 'single').status).not.toBe(0);
  });
});
