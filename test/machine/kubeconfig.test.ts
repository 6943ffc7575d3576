import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withServer } from '../../stacks/kubeconfig-file.js';
import { rewriteKubeconfig, writeKubeconfig } from '../../stacks/machine/kubeconfig.js';
import { KUBECONFIG } from '../engine/machine-bed.js';

test('names mean something, the address is the one that is asked for, and nothing else changes', () => {
  const written = rewriteKubeconfig(KUBECONFIG, { cluster: 'main', server: 'https://api.example.com:6443' });
  expect(JSON.parse(written)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'main',
        cluster: { 'certificate-authority-data': 'Y2EtZGF0YQ==', server: 'https://api.example.com:6443' },
      },
    ],
    users: [
      {
        name: 'main-admin',
        user: {
          'client-certificate-data': 'Y2VydC1kYXRh',
          'client-key-data': 'a3ViZWNvbmZpZy1wcml2YXRlLWtleQ==',
        },
      },
    ],
    contexts: [{ name: 'main', context: { cluster: 'main', user: 'main-admin' } }],
    'current-context': 'main',
  });
  expect(JSON.parse(withServer(written, 'https://127.0.0.1:20001')).clusters[0].cluster).toEqual({
    'certificate-authority-data': 'Y2EtZGF0YQ==',
    server: 'https://127.0.0.1:20001',
  });
});

test.each([
  ['nothing', ''],
  ['no YAML', '{ client-key-data: c2VjcmV0, ]'],
  ['no credentials', KUBECONFIG.replace('client-key-data', 'token')],
])('%s is refused, and not quoted', (_name, text) => {
  expect(() => rewriteKubeconfig(text, { cluster: 'main' })).toThrow(/is not what k3s writes(?!.*c2VjcmV0)/);
});

test('a file that others could read is not what it is written to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-kubeconfig-'));
  try {
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, 'old', { mode: 0o644 });
    writeKubeconfig(file, 'new');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777, readdirSync(folder)]).toEqual([
      'new',
      0o600,
      ['kubeconfig'],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
