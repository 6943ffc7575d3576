import { X509Certificate } from 'node:crypto';
import { issue, newAuthority, newKeys } from '../../embedded/control-plane/pki.js';

test('certificates are signed by their authority and name whom they are for', async () => {
  const [authority, other, keys] = [await newAuthority('one'), await newAuthority('two'), await newKeys()];
  const client = { commonName: 'keelson:admin', organization: 'system:masters' };
  const leaf = new X509Certificate(issue(authority, keys, client).certificate);
  expect(leaf.subject).toBe('O=system:masters\nCN=keelson:admin');
  expect(leaf.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(leaf.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  expect(leaf.ca).toBe(false);
});

test('a server is known by its names and addresses', async () => {
  const authority = await newAuthority('one');
  const { certificate } = issue(authority, await newKeys(), {
    commonName: 'server',
    hosts: ['localhost', '127.0.0.1'],
  });
  const leaf = new X509Certificate(certificate);
  expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
  expect(leaf.checkHost('localhost')).toBe('localhost');
});
