import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ClusterSettings } from '../config/application-schema.js';
import type { NamedEnvironment } from '../config/selection.js';
import { storageClassOf } from '../config/storage-class.js';
import { Access, type NamespaceAccess } from '../constructs/access.js';
import { BLOCK_STORAGE } from '../constructs/block-storage/driver.js';
import { BlockStorage } from '../constructs/block-storage.js';
import { CertManager } from '../constructs/cert-manager.js';
import { CertificateIssuers } from '../constructs/certificate-issuers.js';
import { EnvironmentNamespace } from '../constructs/environment-namespace.js';
import { Monitoring } from '../constructs/monitoring.js';
import { PlatformNamespace } from '../constructs/platform-namespace.js';
import { Registry } from '../constructs/registry.js';
import { TraefikConfiguration } from '../constructs/traefik-configuration.js';
import { secretRef } from '../kube/secret-ref.js';

export interface PlatformProps {
  readonly cluster: ClusterSettings;
  /** @see CertificateIssuersProps.contact */
  readonly contact: string;
  readonly environments: readonly NamedEnvironment[];
}

/** Traefik ends a request whose body takes longer than a minute; the layers of an image may. */
const LONG_UPLOADS = ['--entryPoints.websecure.transport.respondingTimeouts.readTimeout=30m'];

/** Everything that a cluster has once, whatever runs in its environments: one chart a concern. */
export function addPlatform(scope: Construct, { cluster, contact, environments }: PlatformProps): void {
  if (cluster.certManager) new CertManager(new Chart(scope, 'cert-manager'), 'cert-manager');
  const { dnsZones, acmeServers, trustedProxies } = cluster;
  new CertificateIssuers(new Chart(scope, 'certificate-issuers'), 'certificate-issuers', {
    contact,
    servers: acmeServers,
    ...(dnsZones.length > 0 && {
      digitalOceanDns: { token: secretRef('digitalocean-dns', 'token'), zones: dnsZones },
    }),
  });
  if (cluster.ingress === 'k3s')
    new TraefikConfiguration(new Chart(scope, 'traefik'), 'traefik', {
      trustedProxies,
      ...(cluster.registry?.host !== undefined && { arguments: LONG_UPLOADS }),
    });
  addBlockStorage(scope, cluster);
  addRegistry(scope, cluster);
  addMonitoring(scope, cluster);
  for (const { name, quota } of environments)
    new EnvironmentNamespace(new Chart(scope, `environment-${name}`), name, { quota });
  new Access(new Chart(scope, 'access'), 'access', {
    namespaces: Object.fromEntries(environments.map((one) => [one.name, accessTo(one)])),
    ...(cluster.deployable && { deployable: cluster.deployable }),
  });
}

/** Whose own environment it is deploys it; no identity besides. */
const accessTo = ({ name, personal, access }: NamedEnvironment): NamespaceAccess => ({
  deployIdentity: !personal,
  people: { ...access, ...(personal && { [name]: 'deploy' as const }) },
});

/** On one machine claims stay on its disks; DigitalOcean Kubernetes has the driver already. */
function addBlockStorage(scope: Construct, { machines }: ClusterSettings): void {
  if (!machines || storageClassOf(machines) !== 'do-block-storage') return;
  const chart = new Chart(scope, BLOCK_STORAGE, { namespace: BLOCK_STORAGE });
  new PlatformNamespace(chart, 'namespace', {
    name: BLOCK_STORAGE,
    podSecurity: 'privileged',
    // A pod a machine, and one more.
    quota: { cpu: 2, memory: 4096, storage: 1, pods: 50 },
  });
  new BlockStorage(chart, BLOCK_STORAGE);
}

function addRegistry(scope: Construct, { registry, monitoring }: ClusterSettings): void {
  if (!registry) return;
  const { users, ...props } = registry;
  const chart = new Chart(scope, 'registry', { namespace: 'registry' });
  new PlatformNamespace(chart, 'namespace', { name: 'registry', quota: { storage: props.storageGiB ?? 10 } });
  new Registry(chart, 'registry', {
    ...props,
    ...(users !== undefined && { users: secretRef(users, 'htpasswd') }),
    metrics: monitoring !== undefined,
  });
}

function addMonitoring(scope: Construct, { monitoring }: ClusterSettings): void {
  if (!monitoring) return;
  const { notify, ...props } = monitoring;
  const chart = new Chart(scope, 'monitoring', { namespace: 'monitoring' });
  new PlatformNamespace(chart, 'namespace', {
    name: 'monitoring',
    quota: { storage: props.storageGiB ?? 5 },
  });
  new Monitoring(chart, 'monitoring', {
    ...props,
    ...(notify !== undefined && { notify: secretRef(notify, 'alertmanager.yml') }),
  });
}
