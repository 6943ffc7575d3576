import { Construct } from 'constructs';
import { dump } from 'js-yaml';
import { apiObject, type CustomResource } from '../kube/api-object.js';

/**
 * Configures the traefik that k3s brings, through the object that k3s leaves to its users: http leads to https, and
 * old TLS versions are refused.
 *
 * @see https://docs.k3s.io/add-ons/helm#customizing-packaged-components-with-helmchartconfig
 */
export class TraefikConfiguration extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    apiObject<CustomResource>(this, 'configuration', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChartConfig',
      metadata: { name: 'traefik', namespace: 'kube-system' },
      spec: { valuesContent: dump(VALUES, { lineWidth: -1 }) },
    });
  }
}

/** Values of traefik's chart. @see https://github.com/traefik/traefik-helm-chart/blob/master/traefik/VALUES.md */
const VALUES = {
  ports: {
    web: { http: { redirections: { entryPoint: { to: 'websecure', scheme: 'https', permanent: true } } } },
  },
  tlsOptions: { default: { minVersion: 'VersionTLS12', sniStrict: false } },
  logs: { access: { enabled: true } },
};
