import { nodeRegistry } from '../../lib/constructs/registry/address.js';
import { registriesConfiguration } from '../../lib/constructs/registry/registries-configuration.js';
import { hostsToml } from './node/hosts-toml.js';

test('each mirrored registry has its file, which names the mirror before the registry itself', () => {
  const address = nodeRegistry();
  const files = hostsToml(
    registriesConfiguration([
      { ...address, name: 'docker.io' },
      { ...address, name: 'registry.example.com' },
    ]),
  );
  expect(Object.keys(files)).toEqual(['docker.io', 'registry.example.com']);
  expect(files['docker.io']).toBe(
    [
      'server = "https://registry-1.docker.io/v2"',
      '',
      '[host."http://10.43.0.50:5000/v2"]',
      '  capabilities = ["pull", "resolve"]',
      '  override_path = true',
      '',
    ].join('\n'),
  );
});

test('the authority of a mirror is told to containerd', () => {
  const mirror = { name: 'quay.io', endpoint: 'https://mirror.example.com:5000', caFile: '/etc/ca.pem' };
  expect(hostsToml(registriesConfiguration([mirror]))['quay.io']).toContain('ca = ["/etc/ca.pem"]');
});
