import { Construct } from 'constructs';
import { defined } from '../config/defined.js';
import type { IssuerName } from '../config/issuer.js';
import { hostProblem, nameProblem } from '../config/name.js';
import type { ClusterIssuer, IssuerSpec } from '../generated/custom-resources/cert-manager.js';
import { apiObject } from '../kube/api-object.js';
import { TRAEFIK } from '../kube/ingress-controller.js';
import { allowKeys, type KeysOf, unknownKeys } from '../kube/known-keys.js';
import { declareSecret, isSecretRef, type SecretRef, secretRefProblem } from '../kube/secret-ref.js';

type AcmeIssuer = Exclude<IssuerName, 'self-signed'>;
type Solver = NonNullable<NonNullable<IssuerSpec['acme']>['solvers']>[number];

/** A certificate authority that speaks ACME. */
export interface AcmeServer {
  /** Address of its directory. */
  readonly directory: string;
  /** PEM of the authority that signed the server's own certificate. @default the public ones */
  readonly caBundle?: string;
}

/** Answers challenges in DNS, for wildcards and for hosts that the authority cannot reach. */
export interface DigitalOceanDns {
  /** API token with the scopes to read domains and to create and delete records, in cert-manager's namespace. */
  readonly token: SecretRef;
  /** Domains that DigitalOcean serves; hosts in and below them are proved by DNS, all others by HTTP. */
  readonly zones: readonly string[];
}

export interface CertificateIssuersProps {
  /** Let's Encrypt writes to this address when a certificate is about to end. */
  readonly contact: string;
  /**
   * Secrets in cert-manager's namespace that hold the keys of the ACME accounts; cert-manager makes what is not there.
   * Both may be the same: the key is then registered with each server.
   * @default acme-account-letsencrypt-staging and acme-account-letsencrypt-production
   */
  readonly accountSecrets?: Partial<Record<AcmeIssuer, string>>;
  /** In place of Let's Encrypt, such as a test authority. @default Let's Encrypt's staging and production */
  readonly servers?: Partial<Record<AcmeIssuer, AcmeServer>>;
  /** @default HTTP-01 only: no wildcards */
  readonly digitalOceanDns?: DigitalOceanDns;
}

const KEYS: KeysOf<CertificateIssuersProps> = {
  contact: true,
  accountSecrets: true,
  servers: true,
  digitalOceanDns: true,
};
const SERVER_KEYS: KeysOf<AcmeServer> = { directory: true, caBundle: true };
const DNS_KEYS: KeysOf<DigitalOceanDns> = { token: true, zones: true };

/** @see https://letsencrypt.org/docs/staging-environment/ */
const SERVERS: Record<AcmeIssuer, AcmeServer> = {
  'letsencrypt-staging': { directory: 'https://acme-staging-v02.api.letsencrypt.org/directory' },
  'letsencrypt-production': { directory: 'https://acme-v02.api.letsencrypt.org/directory' },
};

/**
 * The ClusterIssuers that certificates name: Let's Encrypt's staging and production (two, because a changed server
 * does not reissue: cert-manager#4223) and one that signs by itself, for machines that Let's Encrypt cannot reach.
 *
 * @example
 * new CertificateIssuers(chart, 'issuers', {
 *   contact: 'ops@example.com',
 *   digitalOceanDns: { token: secretRef('digitalocean-dns', 'token'), zones: ['example.com'] },
 * });
 */
export class CertificateIssuers extends Construct {
  constructor(scope: Construct, id: string, props: CertificateIssuersProps) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const { contact, accountSecrets = {}, digitalOceanDns } = props;
    const servers = { ...SERVERS, ...defined(props.servers) };
    if (isSecretRef(digitalOceanDns?.token)) declareSecret(this, digitalOceanDns.token, 'cert-manager');
    for (const name of Object.keys(SERVERS) as AcmeIssuer[]) {
      const { directory, caBundle } = servers[name];
      this.issuer(name, {
        acme: {
          server: directory,
          ...(caBundle !== undefined && { caBundle: Buffer.from(caBundle).toString('base64') }),
          email: contact,
          privateKeySecretRef: { name: accountSecrets[name] ?? `acme-account-${name}` },
          solvers: solvers(digitalOceanDns),
        },
      });
    }
    this.issuer('self-signed', { selfSigned: {} });
    this.node.addValidation({ validate: () => problems(props) });
  }

  private issuer(name: IssuerName, spec: IssuerSpec): void {
    apiObject<ClusterIssuer>(this, name, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name },
      spec,
    });
  }
}

/** cert-manager takes the solver whose selector says most of a host, so that the order here is of no account. */
function solvers(dns: DigitalOceanDns | undefined): Solver[] {
  return [
    { http01: { ingress: { ingressClassName: TRAEFIK.className } } },
    ...(dns
      ? [
          {
            selector: { dnsZones: [...dns.zones] },
            dns01: { digitalocean: { tokenSecretRef: { name: dns.token.secret, key: dns.token.key } } },
          },
        ]
      : []),
  ];
}

function problems({
  contact,
  accountSecrets,
  servers,
  digitalOceanDns: dns,
}: CertificateIssuersProps): string[] {
  const tokenProblem = dns && secretRefProblem(dns.token);
  return [
    ...(/^[^\s@]+@[^\s@]+$/.test(contact)
      ? []
      : [`contact: ${JSON.stringify(contact)} is no e-mail address; give one that somebody reads`]),
    ...unknownKeys(accountSecrets ?? {}, SERVERS, 'accountSecrets.'),
    ...unknownKeys(servers ?? {}, SERVERS, 'servers.'),
    ...unknownKeys(dns ?? {}, DNS_KEYS, 'digitalOceanDns.'),
    ...Object.entries(defined(servers)).flatMap(([name, server]) =>
      unknownKeys(server, SERVER_KEYS, `servers.${name}.`),
    ),
    ...Object.entries(defined(accountSecrets)).flatMap(([name, secret]) => {
      const problem = nameProblem(secret);
      return problem ? [`accountSecrets.${name}: ${problem}`] : [];
    }),
    ...Object.entries(defined(servers)).flatMap(([name, { directory, caBundle }]) => [
      ...(/^https:\/\/[^/]/.test(directory)
        ? []
        : [
            `servers.${name}.directory: ${JSON.stringify(directory)} must be the https address of an ACME directory`,
          ]),
      ...(caBundle === undefined || caBundle.includes('-----BEGIN CERTIFICATE-----')
        ? []
        : [
            `servers.${name}.caBundle: holds no certificate; give the text of a PEM file, with "-----BEGIN CERTIFICATE-----"`,
          ]),
    ]),
    ...(tokenProblem ? [`digitalOceanDns.token: ${tokenProblem}`] : []),
    ...(dns?.zones.length === 0
      ? ['digitalOceanDns.zones: is empty; name the domains that DigitalOcean serves']
      : []),
    ...(dns?.zones ?? []).flatMap((zone) => {
      const problem = hostProblem(zone);
      return problem ? [`digitalOceanDns.zones: ${problem}`] : [];
    }),
  ];
}
