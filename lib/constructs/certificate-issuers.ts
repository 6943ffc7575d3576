import { Construct } from 'constructs';
import type { IssuerName } from '../config/issuer.js';
import { apiObject, type CustomResource } from '../kube/api-object.js';
import { TRAEFIK } from '../kube/ingress-controller.js';

export interface CertificateIssuersProps {
  /** Let's Encrypt writes to this address when a certificate is about to end. */
  readonly contact: string;
  /** Secret in cert-manager's namespace that holds the ACME account's key; cert-manager makes it. @default acme-account */
  readonly accountSecret?: string;
  /** ACME directories, for a certificate authority of one's own. @default Let's Encrypt's staging and production */
  readonly servers?: Partial<Record<AcmeIssuer, string>>;
}

type AcmeIssuer = Exclude<IssuerName, 'self-signed'>;

/** @see https://letsencrypt.org/docs/staging-environment/ */
const SERVERS: Record<AcmeIssuer, string> = {
  'letsencrypt-staging': 'https://acme-staging-v02.api.letsencrypt.org/directory',
  'letsencrypt-production': 'https://acme-v02.api.letsencrypt.org/directory',
};

/**
 * The ClusterIssuers that certificates name: Let's Encrypt's staging and production (two, because a changed server
 * does not reissue: cert-manager#4223) and one that signs by itself, for machines that Let's Encrypt cannot reach.
 *
 * Each ACME server keeps an account of its own, so each issuer keeps a key of its own.
 *
 * @example
 * new CertificateIssuers(chart, 'issuers', { contact: 'ops@example.com' });
 */
export class CertificateIssuers extends Construct {
  constructor(scope: Construct, id: string, props: CertificateIssuersProps) {
    super(scope, id);
    const { contact, accountSecret = 'acme-account' } = props;
    const servers = { ...SERVERS, ...props.servers };
    for (const name of Object.keys(SERVERS) as AcmeIssuer[])
      this.issuer(name, {
        acme: {
          server: servers[name],
          email: contact,
          privateKeySecretRef: { name: `${accountSecret}-${name}` },
          solvers: [{ http01: { ingress: { ingressClassName: TRAEFIK.className } } }],
        },
      });
    this.issuer('self-signed', { selfSigned: {} });
  }

  private issuer(name: IssuerName, spec: Record<string, unknown>): void {
    apiObject<CustomResource>(this, name, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name },
      spec,
    });
  }
}
