import { clusterFiles, SERVICE_RANGE } from './cluster-files.js';
import type { ClusterPorts } from './ports.js';

/** A program of the control plane: its binary's name and its arguments. */
export interface Component {
  readonly name: string;
  readonly args: readonly string[];
}

const flags = (values: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/** The clients of one machine need no protection from each other, and objects appear within a second or two. */
const UNHURRIED = { 'kube-api-qps': 300, 'kube-api-burst': 600, 'leader-elect': false };

/** Where clients are told to connect. */
export const serverUrl = (ports: ClusterPorts): string => `https://127.0.0.1:${ports.apiserver}`;

/** The store and the API server, then what works through the API server: in the order in which they start. */
export function components(directory: string, ports: ClusterPorts): readonly Component[] {
  return [
    etcd(directory, ports),
    apiserver(directory, ports),
    controllerManager(directory),
    scheduler(directory),
    kwok(directory),
  ];
}

function etcd(directory: string, ports: ClusterPorts): Component {
  const { pki, etcdData } = clusterFiles(directory);
  const clients = `https://127.0.0.1:${ports.etcd}`;
  const peers = `https://127.0.0.1:${ports.etcdPeer}`;
  const tls = { 'cert-file': pki('etcd.crt'), 'key-file': pki('etcd.key'), 'client-cert-auth': true };
  const trusted = { 'trusted-ca-file': pki('etcd-ca.crt') };
  return {
    name: 'etcd',
    args: flags({
      name: 'keelson',
      'data-dir': etcdData,
      'listen-client-urls': clients,
      'advertise-client-urls': clients,
      'listen-peer-urls': peers,
      'initial-advertise-peer-urls': peers,
      'initial-cluster': `keelson=${peers}`,
      // What is thrown away need not survive a power cut, and every write is several times as fast.
      'unsafe-no-fsync': true,
      ...tls,
      ...trusted,
      ...Object.fromEntries(
        Object.entries({ ...tls, ...trusted }).map(([name, value]) => [`peer-${name}`, value]),
      ),
    }),
  };
}

function apiserver(directory: string, ports: ClusterPorts): Component {
  const { pki } = clusterFiles(directory);
  return {
    name: 'kube-apiserver',
    args: flags({
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'secure-port': ports.apiserver,
      // Endpoints may not be loopback addresses, and no pod is there to call them.
      'endpoint-reconciler-type': 'none',
      'etcd-servers': `https://127.0.0.1:${ports.etcd}`,
      'etcd-cafile': pki('etcd-ca.crt'),
      'etcd-certfile': pki('etcd-client.crt'),
      'etcd-keyfile': pki('etcd-client.key'),
      'tls-cert-file': pki('apiserver.crt'),
      'tls-private-key-file': pki('apiserver.key'),
      'client-ca-file': pki('ca.crt'),
      // Other users of this machine can reach the port.
      'anonymous-auth': false,
      'authorization-mode': 'Node,RBAC',
      // As k3s does; Pod Security decides per namespace.
      'allow-privileged': true,
      'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
      'service-account-key-file': pki('accounts.pub'),
      'service-account-signing-key-file': pki('accounts.key'),
      'service-cluster-ip-range': SERVICE_RANGE,
      profiling: false,
    }),
  };
}

function controllerManager(directory: string): Component {
  const { pki, clientConfig } = clusterFiles(directory);
  return {
    name: 'kube-controller-manager',
    args: flags({
      ...UNHURRIED,
      kubeconfig: clientConfig('controller-manager'),
      'root-ca-file': pki('ca.crt'),
      'cluster-signing-cert-file': pki('ca.crt'),
      'cluster-signing-key-file': pki('ca.key'),
      'service-account-private-key-file': pki('accounts.key'),
      'use-service-account-credentials': true,
      // Binds claims of the storage class that k3s would bring; nothing is mounted, as no container runs.
      'enable-hostpath-provisioner': true,
      'secure-port': 0,
      profiling: false,
    }),
  };
}

function scheduler(directory: string): Component {
  const kubeconfig = clusterFiles(directory).clientConfig('scheduler');
  return {
    name: 'kube-scheduler',
    args: flags({ ...UNHURRIED, kubeconfig, 'secure-port': 0, profiling: false }),
  };
}

/** Simulates nodes and pods. */
function kwok(directory: string): Component {
  const { clientConfig, stages } = clusterFiles(directory);
  return {
    name: 'kwok',
    args: flags({
      config: stages,
      kubeconfig: clientConfig('kwok'),
      'manage-all-nodes': true,
      'node-lease-duration-seconds': 40,
      // k3s' range of pod addresses.
      cidr: '10.42.0.0/16',
      'node-ip': '10.42.0.1',
    }),
  };
}
