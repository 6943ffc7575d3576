import { Construct } from 'constructs';
import { ISSUERS, type IssuerName } from '../config/issuer.js';
import { nameProblem } from '../config/name.js';
import { didYouMean, listed } from '../config/problem.js';
import type { Certificate as KubeCertificate } from '../generated/custom-resources/cert-manager.js';
import { apiObject } from '../kube/api-object.js';
import { findContext } from '../kube/context.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { completeHost, hostProblems } from '../kube/route.js';

export interface CertificateProps {
  /** Names the Certificate and, with the issuer, its secret. @default the construct's id */
  readonly name?: string;
  /** Host names, completed as those of a route; `*.example.com` needs DNS-01 (see CertificateIssuers). */
  readonly hosts: readonly string[];
  /** The ClusterIssuer that signs. @default the environment's, else letsencrypt-staging */
  readonly issuer?: IssuerName;
}

const KEYS: KeysOf<CertificateProps> = { name: true, hosts: true, issuer: true };

/**
 * A TLS certificate, renewed by cert-manager before it ends.
 *
 * Its secret is named after the issuer: moving from staging to production asks for a new certificate, which a changed
 * issuer alone does not do (cert-manager#4223).
 *
 * @example
 * const certificate = new Certificate(chart, 'shop', { hosts: ['shop.example.com', '*.shop.example.com'] });
 * new IngressRoute(chart, 'routes', {
 *   routes: [{ host: '*.shop.example.com', service: { name: 'shop', port: 8080 } }],
 *   tlsSecret: certificate.secretName,
 * });
 */
export class Certificate extends Construct {
  /** Secret of type `kubernetes.io/tls` that cert-manager writes. */
  readonly secretName: string;

  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const domain = findContext(this)?.domain;
    const hosts = props.hosts.map((host) => completeHost(host, domain));
    const { name = id } = props;
    this.secretName = addCertificate(this, { ...props, name, hosts });
    this.node.addValidation({
      validate: () => [
        ...(nameProblem(name) ? [`name: ${nameProblem(name)}`] : []),
        ...(hosts.length > 0 ? [] : ['hosts: none was given; a certificate is for at least one']),
        ...props.hosts.flatMap((host) => hostProblems(host, domain)),
        ...issuerProblems(props.issuer),
      ],
    });
  }
}

/** Adds the object alone, for constructs that check their own props. @returns the name of its secret */
export function addCertificate(
  scope: Construct,
  { name, hosts, issuer = defaultIssuer(scope) }: CertificateProps & { readonly name: string },
): string {
  const secretName = `${name}-tls-${issuer}`;
  apiObject<KubeCertificate>(scope, 'certificate', {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name },
    spec: {
      secretName,
      dnsNames: [...hosts],
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuer },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    },
  });
  return secretName;
}

/** What is wrong with the name of an issuer. */
export const issuerProblems = (issuer: string | undefined): string[] =>
  issuer === undefined || ISSUERS.some((known) => known === issuer)
    ? []
    : [`issuer: there is no "${issuer}"${didYouMean(issuer, ISSUERS) || ';'} allowed: ${listed(ISSUERS)}`];

const defaultIssuer = (scope: Construct): IssuerName => findContext(scope)?.issuer ?? 'letsencrypt-staging';
