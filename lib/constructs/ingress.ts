import { Construct } from 'constructs';
import type { Ingress as KubeIngress } from 'kubernetes-types/networking/v1';
import { ISSUERS, type IssuerName } from '../config/issuer.js';
import { hostProblem } from '../config/name.js';
import { didYouMean, listed } from '../config/problem.js';
import { apiObject, type CustomResource } from '../kube/api-object.js';
import { findContext } from '../kube/context.js';
import { TRAEFIK } from '../kube/ingress-controller.js';

export interface IngressProps {
  /** Names the Ingress, its Certificate and the Certificate's secret. @default the construct's id */
  readonly name?: string;
  /**
   * Host names. A single label such as `www` is completed with the environment's domain; `@` is that domain itself;
   * outside an environment write them out.
   */
  readonly hosts: readonly string[];
  /** The Kubernetes Service that answers. */
  readonly service: { readonly name: string; readonly port: number };
  /** Path prefix. @default / */
  readonly path?: string;
  /** The ClusterIssuer that signs the certificate. @default the environment's, else letsencrypt-staging */
  readonly issuer?: IssuerName;
}

/**
 * Leads requests from outside to a Service, over TLS only.
 *
 * The certificate's secret is named after its issuer: moving from staging to production asks for a new certificate,
 * which a changed issuer alone does not do (cert-manager#4223).
 *
 * @example
 * new Ingress(chart, 'web', { hosts: ['www.example.com'], service: { name: 'web', port: 8080 } });
 */
export class Ingress extends Construct {
  /** Complete host names. */
  readonly hosts: readonly string[];

  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id);
    const context = findContext(this);
    const { name = id, service, path = '/', issuer = context?.issuer ?? 'letsencrypt-staging' } = props;
    this.hosts = props.hosts.map((host) => completeHost(host, context?.domain));
    const secretName = `${name}-tls-${issuer}`;

    apiObject<CustomResource>(this, 'certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name },
      spec: {
        secretName,
        dnsNames: this.hosts,
        issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuer },
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      },
    });
    apiObject<KubeIngress>(this, 'ingress', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, annotations: { 'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure' } },
      spec: {
        ingressClassName: TRAEFIK.className,
        tls: [{ hosts: [...this.hosts], secretName }],
        rules: this.hosts.map((host) => ({
          host,
          http: {
            paths: [
              {
                path,
                pathType: 'Prefix',
                backend: { service: { name: service.name, port: { number: service.port } } },
              },
            ],
          },
        })),
      },
    });
    this.node.addValidation({ validate: () => this.problems(props, context?.domain) });
  }

  private problems({ hosts, path, issuer }: IngressProps, domain: string | undefined): string[] {
    const duplicates = this.hosts.filter((host, index) => this.hosts.indexOf(host) !== index);
    return [
      ...hosts.flatMap((host, index) => {
        if (domain === undefined && !host.includes('.'))
          return [
            `host: "${host}" is no complete host name and there is no environment to complete it; write "${host}.example.com"`,
          ];
        const problem = hostProblem(this.hosts[index]);
        return problem ? [`host: ${problem}`] : [];
      }),
      ...duplicates.map((host) => `host: "${host}" is given twice; once is enough`),
      ...(path === undefined || path.startsWith('/')
        ? []
        : [`path: ${JSON.stringify(path)} must begin with "/"`]),
      ...(issuer === undefined || ISSUERS.includes(issuer)
        ? []
        : [
            `issuer: there is no "${issuer}"${didYouMean(issuer, ISSUERS) || ';'} allowed: ${listed(ISSUERS)}`,
          ]),
    ];
  }
}

function completeHost(host: string, domain: string | undefined): string {
  if (domain === undefined || host.includes('.')) return host;
  return host === '@' ? domain : `${host}.${domain}`;
}
