import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ClusterSettings } from '../config/application-schema.js';
import type { NamedEnvironment } from '../config/selection.js';
import { CertManager } from '../constructs/cert-manager.js';
import { CertificateIssuers } from '../constructs/certificate-issuers.js';
import { EnvironmentNamespace } from '../constructs/environment-namespace.js';
import { TraefikConfiguration } from '../constructs/traefik-configuration.js';
import { secretRef } from '../kube/secret-ref.js';

export interface PlatformProps {
  readonly cluster: ClusterSettings;
  /** @see CertificateIssuersProps.contact */
  readonly contact: string;
  readonly environments: readonly NamedEnvironment[];
}

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
    new TraefikConfiguration(new Chart(scope, 'traefik'), 'traefik', { trustedProxies });
  for (const { name, quota } of environments)
    new EnvironmentNamespace(new Chart(scope, `environment-${name}`), name, { quota });
}
