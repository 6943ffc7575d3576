/*
 * How cert-manager's chart is filled in for a machine of 2 vCPU and 4 GiB that also runs everything else: one replica
 * of each part, as a certificate renewed a minute late harms nobody, and requests that leave room for services.
 */

/** Any high number will do: the images are static binaries that own no files. This one is distroless' `nonroot`. */
const USER_ID = 65_532;

const podSecurity = {
  runAsNonRoot: true,
  runAsUser: USER_ID,
  runAsGroup: USER_ID,
  fsGroup: USER_ID,
  seccompProfile: { type: 'RuntimeDefault' },
};

const resources = (memoryMiB: number, limitMiB: number) => ({
  requests: { cpu: '10m', memory: `${memoryMiB}Mi`, 'ephemeral-storage': '32Mi' },
  limits: { memory: `${limitMiB}Mi`, 'ephemeral-storage': '128Mi' },
});

/** The part talks to the API server, so its pod carries a token: said in an annotation, as our policy asks for. */
const usesKubernetes = (reason: string) => ({ 'keelson.dev/uses-kubernetes-api': reason });

const tcp = (port: number) => ({ port, protocol: 'TCP' });
const DNS = [tcp(53), { port: 53, protocol: 'UDP' }];

/** The API server's service and, behind it, the port of k3s. */
const API_SERVER = [tcp(443), tcp(6443)];

/** Everywhere, the ingress in the cluster too, but not the cloud's metadata service, which answers on port 80. */
const NOT_METADATA = [
  { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } },
  { ipBlock: { cidr: '::/0', except: ['fe80::/10'] } },
  { namespaceSelector: {} },
];

export const certManagerValues = {
  global: {
    // Its default is kube-system, where nothing of ours has any business.
    leaderElection: { namespace: 'cert-manager' },
    revisionHistoryLimit: 3,
  },
  crds: { enabled: true, keep: false },
  // A hook, which only Helm runs; Keelson waits for the webhook itself.
  startupapicheck: { enabled: false },

  replicaCount: 1,
  automountServiceAccountToken: true,
  podAnnotations: usesKubernetes('issues certificates for Certificate and Ingress objects'),
  securityContext: podSecurity,
  resources: resources(64, 256),
  networkPolicy: {
    enabled: true,
    // 80 and 443 reach the ACME server and test an HTTP-01 challenge; 53 looks DNS-01 records up.
    egress: [{ to: NOT_METADATA, ports: [tcp(80)] }, { ports: [...API_SERVER, ...DNS] }],
  },

  webhook: {
    replicaCount: 1,
    automountServiceAccountToken: true,
    podAnnotations: usesKubernetes('keeps its serving certificate in a Secret'),
    securityContext: podSecurity,
    resources: resources(32, 128),
    networkPolicy: { enabled: true, egress: [{ ports: [...API_SERVER, ...DNS] }] },
  },

  cainjector: {
    replicaCount: 1,
    automountServiceAccountToken: true,
    podAnnotations: usesKubernetes('writes CA bundles into webhook configurations'),
    securityContext: podSecurity,
    resources: resources(64, 256),
    networkPolicy: { enabled: true, egress: [{ ports: [...API_SERVER, ...DNS] }] },
  },
};
