import { App, Chart } from 'cdk8s';
import { unprovedWildcards } from '../../lib/certificate-solvers.js';
import { Certificate } from '../../lib/constructs/certificate.js';
import { CertificateIssuers, type CertificateIssuersProps, secretRef } from '../../lib/index.js';
import { declaredSecrets } from '../../lib/kube/secret-ref.js';
import { objectOf } from '../support/application.js';
import { chartObjects } from '../support/chart-objects.js';
import { generatedCustomResourceDefinitions } from '../support/generated.js';
import { schemaProblems } from '../support/schema.js';

function issuers(props: Partial<CertificateIssuersProps> = {}) {
  const chart = new Chart(new App(), 'issuers');
  new CertificateIssuers(chart, 'issuers', { contact: 'ops@example.com', ...props });
  const { objects, problems } = chartObjects(chart);
  const acme = (name: string) =>
    (objectOf(objects, 'ClusterIssuer', name).spec as { acme: Record<string, unknown> }).acme;
  return { chart, objects, acme, problems };
}

const dns = { token: secretRef('digitalocean-dns', 'token'), zones: ['example.com'] };
const HTTP01 = { http01: { ingress: { ingressClassName: 'traefik' } } };

test('staging and production keep an account each, and prove hosts over HTTP', () => {
  const { acme, objects, problems } = issuers();
  expect(problems).toEqual([]);
  expect(objects.map(({ metadata }) => metadata.name)).toEqual([
    'letsencrypt-staging',
    'letsencrypt-production',
    'self-signed',
  ]);
  expect(acme('letsencrypt-production')).toEqual({
    server: 'https://acme-v02.api.letsencrypt.org/directory',
    email: 'ops@example.com',
    privateKeySecretRef: { name: 'acme-account-letsencrypt-production' },
    solvers: [HTTP01],
  });
  expect(acme('letsencrypt-staging').privateKeySecretRef).toEqual({
    name: 'acme-account-letsencrypt-staging',
  });
});

test('one account key may serve both', () => {
  const { acme } = issuers({
    accountSecrets: { 'letsencrypt-staging': 'letsencrypt', 'letsencrypt-production': 'letsencrypt' },
  });
  expect(acme('letsencrypt-staging').privateKeySecretRef).toEqual({ name: 'letsencrypt' });
  expect(acme('letsencrypt-production').privateKeySecretRef).toEqual({ name: 'letsencrypt' });
});

test('a test authority is one more address, with the certificate that signed its own', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const { acme, problems } = issuers({
    servers: { 'letsencrypt-staging': { directory: 'https://pebble.example.com:14000/dir', caBundle: pem } },
  });
  expect(problems).toEqual([]);
  expect(acme('letsencrypt-staging')).toMatchObject({
    server: 'https://pebble.example.com:14000/dir',
    caBundle: Buffer.from(pem).toString('base64'),
  });
  expect(acme('letsencrypt-production')).not.toHaveProperty('caBundle');
});

test('DigitalOcean proves its zones by DNS, with a token by reference', () => {
  const { acme, chart, objects } = issuers({ digitalOceanDns: dns });
  expect(objects.flatMap((object) => schemaProblems(object, generatedCustomResourceDefinitions))).toEqual([]);
  expect(acme('letsencrypt-production').solvers).toEqual([
    HTTP01,
    {
      selector: { dnsZones: ['example.com'] },
      dns01: { digitalocean: { tokenSecretRef: { name: 'digitalocean-dns', key: 'token' } } },
    },
  ]);
  expect(declaredSecrets(chart, () => true)).toEqual([{ ...dns.token, namespace: 'cert-manager' }]);
});

test.each<[string, Partial<CertificateIssuersProps>, string]>([
  [
    'an address over http',
    { servers: { 'letsencrypt-staging': { directory: 'http://ca' } } },
    'servers.letsencrypt-staging.directory: "http://ca" must be the https address',
  ],
  [
    'a path in place of the certificate',
    { servers: { 'letsencrypt-staging': { directory: 'https://ca/dir', caBundle: './ca.pem' } } },
    'caBundle: holds no certificate',
  ],
  [
    'a token in clear',
    { digitalOceanDns: { ...dns, token: 'dop_v1_5ecret' as never } },
    'digitalOceanDns.token: a value was given',
  ],
  ['no zone', { digitalOceanDns: { ...dns, zones: [] } }, 'digitalOceanDns.zones: is empty'],
  [
    'a wildcard as a zone',
    { digitalOceanDns: { ...dns, zones: ['*.example.com'] } },
    'is no valid host name',
  ],
])('%s is said', (_name, props, message) => {
  const { problems, objects } = issuers(props);
  expect(problems).toEqual([expect.stringContaining(message)]);
  expect(JSON.stringify([problems, objects])).not.toContain('5ecret');
});

describe('Certificate', () => {
  const certificate = (hosts: string[], issuer?: 'self-signed' | 'letsencrypt-production') => {
    const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
    const construct = new Certificate(chart, 'shop', { hosts, ...(issuer && { issuer }) });
    return { construct, ...chartObjects(chart) };
  };

  test('names its secret after its issuer, so that another issuer means another certificate', () => {
    expect(certificate(['shop.example.com']).construct.secretName).toBe('shop-tls-letsencrypt-staging');
    const { construct, objects } = certificate(['shop.example.com'], 'letsencrypt-production');
    expect(construct.secretName).toBe('shop-tls-letsencrypt-production');
    expect(objects[0]?.spec).toMatchObject({ secretName: construct.secretName });
  });

  test('says what is wrong with its hosts', () => {
    expect(certificate([]).problems).toEqual([expect.stringContaining('hosts: none was given')]);
    expect(certificate(['shop', '*.example.com', '**.example.com']).problems).toEqual([
      expect.stringContaining('"shop" is no complete host name'),
      expect.stringContaining('"**.example.com" is no valid host name'),
    ]);
  });

  const unproved = (props: Partial<CertificateIssuersProps>, ...wanted: Parameters<typeof certificate>) =>
    unprovedWildcards([
      { name: 'main-cluster', cluster: 'main', manifests: [{ objects: issuers(props).objects }] },
      { name: 'staging', cluster: 'main', manifests: [{ objects: certificate(...wanted).objects }] },
    ]).map(({ where, message }) => `${where}: ${message}`);

  test('a wildcard that nobody can prove is a problem before it is one of cert-manager', () => {
    expect(unproved({}, ['*.example.com', 'www.example.com'])).toEqual([
      'staging/shop: host: letsencrypt-staging on cluster "main" cannot prove *.example.com; give its ' +
        'CertificateIssuers digitalOceanDns with the zone, or write the hosts out',
    ]);
    expect(unproved({ digitalOceanDns: dns }, ['*.example.com', '*.shop.example.com'])).toEqual([]);
    expect(unproved({ digitalOceanDns: dns }, ['*.another-example.com'])).toHaveLength(1);
    expect(unproved({}, ['*.example.com'], 'self-signed')).toEqual([]);
  });
});
