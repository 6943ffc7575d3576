import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ClusterSettings } from '../config/application-schema.js';
import type { NamedEnvironment } from '../config/selection.js';
import { CertManager } from '../constructs/cert-manager.js';
import { CertificateIssuers } from '../constructs/certificate-issuers.js';
import { EnvironmentNamespace } from '../constructs/environment-namespace.js';
import { TraefikConfiguration } from '../constructs/traefik-configuration.js';

export interface PlatformProps {
  readonly cluster: ClusterSettings;
  /** @see CertificateIssuersProps.contact */
  readonly contact: string;
  readonly environments: readonly NamedEnvironment[];
}

/** Everything that a cluster has once, whatever runs in its environments: one chart a concern. */
export function addPlatform(scope: Construct, { cluster, contact, environments }: PlatformProps): void {
  if (cluster.certManager) new CertManager(new Chart(scope, 'cert-manager'), 'cert-manager');
  new CertificateIssuers(new Chart(scope, 'certificate-issuers'), 'certificate-issuers', { contact });
  if (cluster.ingress === 'k3s') new TraefikConfiguration(new Chart(scope, 'traefik'), 'traefik');
  for (const { name, quota } of environments)
    new EnvironmentNamespace(new Chart(scope, `environment-${name}`), name, { quota });
}
