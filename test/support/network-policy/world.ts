import type { KubeObject } from '../../../lib/kube/object.js';
import { objectSet, type PodTemplate } from '../policy/object-set.js';
import { portsBetween } from './evaluate.js';
import type { Address, Party, Pod } from './party.js';

/** Everything that could connect on one cluster, and everything that it could connect to. */
export interface World {
  readonly objects: readonly KubeObject[];
  readonly pods: readonly Pod[];
  readonly addresses: readonly Address[];
}

type Strangers = Readonly<Record<string, Partial<Pick<Pod, 'labels' | 'ports'>>>>;

const NAME = 'app.kubernetes.io/name';

/** Pods of k3s, as its manifests label them, and Prometheus. @see https://github.com/k3s-io/k3s/tree/master/manifests */
const PLATFORM_PODS: Strangers = {
  'kube-system/coredns': {
    labels: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53 },
      { name: 'metrics', containerPort: 9153 },
    ],
  },
  'kube-system/traefik': {
    labels: { [NAME]: 'traefik' },
    ports: [
      { name: 'web', containerPort: 8000 },
      { name: 'websecure', containerPort: 8443 },
    ],
  },
  'monitoring/prometheus': { labels: { [NAME]: 'prometheus' } },
  'kube-system/metrics-server': {
    labels: { 'k8s-app': 'metrics-server' },
    ports: [{ containerPort: 10250 }],
  },
};

/** Who has no business anywhere, though it wears the names of those who have. */
const IMPOSTORS: Strangers = {
  'default/impostor-of-traefik': { labels: { [NAME]: 'traefik' } },
  'default/impostor-of-prometheus': { labels: { [NAME]: 'prometheus' } },
  'default/impostor-of-dns': { labels: { 'k8s-app': 'kube-dns' }, ports: [{ containerPort: 53 }] },
};

/** Addresses of the internet, the one of the machine itself among them: policies cannot tell it from others. */
export const INTERNET = {
  'internet (IPv4)': '1.1.1.1',
  'internet (IPv6)': '2606:4700:4700::1111',
  'the node, by its public address': '203.0.113.10',
} as const;

/** What no workload may reach that nobody has opened by its range. */
export const PRIVATE = {
  'the metadata service': '169.254.169.254',
  'the metadata service (IPv6)': 'fd00:ec2::254',
  'the API server, by its Service': '10.43.0.1',
  'the private network': '10.118.0.2',
  'a private network of 172.16.0.0/12': '172.20.0.2',
  'a private network of 192.168.0.0/16': '192.168.1.1',
  'a network of 100.64.0.0/10': '100.64.0.1',
  'the node itself': '127.0.0.1',
  'a link-local neighbour': 'fe80::1',
} as const;

/**
 * The pods that objects make, one of each template and a second one that stands for the other replicas, besides those
 * of the platform, impostors, and in every namespace with a policy a pod of certificate challenges and a pod that nobody knows.
 */
export function worldOf(objects: readonly KubeObject[]): World {
  const { pods } = objectSet(objects);
  const closed = new Set(
    objects.flatMap(({ kind, metadata }) => (kind === 'NetworkPolicy' ? (metadata.namespace ?? []) : [])),
  );
  const strangers: Strangers = {
    ...PLATFORM_PODS,
    ...IMPOSTORS,
    ...Object.fromEntries(
      [...closed].flatMap((namespace) => [
        [
          `${namespace}/acme-solver`,
          { labels: { 'acme.cert-manager.io/http01-solver': 'true' }, ports: [{ containerPort: 8089 }] },
        ],
        [`${namespace}/unknown`, {}],
      ]),
    ),
  };
  const found = [
    ...pods.map(fromTemplate),
    ...Object.entries(strangers).map(([name, { labels = {}, ports = [] }]) => ({ name, labels, ports })),
  ];
  const namespaces = new Map(
    objects
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => [metadata.name, metadata.labels]),
  );
  return {
    objects,
    pods: [...found, ...pods.map(fromTemplate)].map((pod, index) => {
      const [namespace = ''] = pod.name.split('/');
      return {
        kind: 'pod',
        ...pod,
        namespace,
        namespaceLabels: { ...namespaces.get(namespace), 'kubernetes.io/metadata.name': namespace },
        address: `10.42.${Math.floor(index / 250)}.${(index % 250) + 1}`,
      };
    }),
    addresses: Object.entries({ ...INTERNET, ...PRIVATE }).map(([name, address]) => ({
      kind: 'address',
      name,
      address,
    })),
  };
}

const fromTemplate = ({ owner, labels, spec }: PodTemplate) => ({
  name: `${owner.metadata.namespace}/${owner.metadata.name}`,
  labels,
  ports: [...(spec.initContainers ?? []), ...spec.containers].flatMap(({ ports = [] }) => ports),
});

/** Ports that are tried everywhere, besides those that any pod of the world names. */
const USUAL_PORTS = [1, 22, 53, 80, 443, 2379, 5432, 6379, 6443, 8080, 8089, 9090, 9100, 10250, 16379, 65535];

/**
 * Every connection that is let through where one end is in one of the namespaces, as `from -> to TCP/port`.
 *
 * @param extra ports to try besides the usual ones
 */
export function allowedConnections(
  { objects, pods, addresses }: World,
  namespaces: readonly string[],
  extra: readonly number[] = [],
): string[] {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const named = pods.flatMap(({ ports }) => ports.map(({ containerPort }) => containerPort));
  const tried = [...new Set([...USUAL_PORTS, ...named, ...extra])];
  const concerns = (party: Party) => party.kind === 'pod' && namespaces.includes(party.namespace);
  const parties: readonly Party[] = [...pods, ...addresses];
  const ports = PROTOCOLS.flatMap((protocol) => tried.map((port) => ({ protocol, port })));
  const allowed = parties.flatMap((from) =>
    parties
      .filter((to) => from !== to && (concerns(from) || concerns(to)))
      .flatMap((to) =>
        ports
          .filter(portsBetween(policies, from, to))
          .map(({ protocol, port }) => `${from.name} -> ${to.name} ${protocol}/${port}`),
      ),
  );
  return [...new Set(allowed)].sort();
}

const PROTOCOLS = ['TCP', 'UDP'] as const;
