import type { Problem } from './config/problem.js';
import type { Certificate, ClusterIssuer } from './generated/custom-resources/cert-manager.js';
import type { KubeObject } from './kube/object.js';

interface Stack {
  readonly name: string;
  readonly cluster: string;
  readonly manifests: readonly { readonly objects: readonly KubeObject[] }[];
}

type Spec<T extends { readonly spec?: unknown }> = NonNullable<T['spec']>;

/** Wildcards that their issuer cannot prove: ACME asks for DNS-01, and cert-manager would try for ever. */
export function unprovedWildcards(stacks: readonly Stack[]): Problem[] {
  const issuers = new Map(
    objectsOf(stacks, 'ClusterIssuer').map(({ cluster, object }) => [
      `${cluster} ${object.metadata.name}`,
      object.spec as Spec<ClusterIssuer>,
    ]),
  );
  return objectsOf(stacks, 'Certificate').flatMap(({ name, cluster, object }) => {
    const { dnsNames = [], issuerRef } = object.spec as Spec<Certificate>;
    const acme = issuers.get(`${cluster} ${issuerRef.name}`)?.acme;
    if (!acme) return [];
    return dnsNames
      .filter(
        (host) => host.startsWith('*.') && !acme.solvers?.some((solver) => proves(solver, host.slice(2))),
      )
      .map((host) => ({
        where: `${name}/${object.metadata.name}`,
        message: `host: ${issuerRef.name} on cluster "${cluster}" cannot prove ${host}; give its CertificateIssuers digitalOceanDns with the zone, or write the hosts out`,
      }));
  });
}

type Solver = NonNullable<NonNullable<Spec<ClusterIssuer>['acme']>['solvers']>[number];

const proves = ({ dns01, selector }: Solver, domain: string): boolean =>
  dns01 !== undefined &&
  (selector?.dnsZones?.some((zone) => domain === zone || domain.endsWith(`.${zone}`)) ??
    selector?.dnsNames?.includes(`*.${domain}`) ??
    true);

const objectsOf = (stacks: readonly Stack[], wanted: string) =>
  stacks.flatMap(({ name, cluster, manifests }) =>
    manifests
      .flatMap(({ objects }) => objects)
      .filter(({ apiVersion, kind }) => kind === wanted && apiVersion.startsWith('cert-manager.io/'))
      .map((object) => ({ name, cluster, object })),
  );
