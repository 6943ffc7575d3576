import type { KubeObject } from '../../lib/kube/object.js';

const labels = (name: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/managed-by': 'keelson',
});
const meta = (name: string) => ({ name, namespace: 'lunch', labels: labels(name) });
const selector = (name: string) => ({ matchLabels: { 'app.kubernetes.io/name': name } });

const podSpec = (name: string) => ({
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: selector(name),
    },
  ],
  containers: [
    {
      name,
      image: `registry.example.com:5000/lunch/${name}:1.0.0`,
      imagePullPolicy: 'IfNotPresent',
      env: [
        { name: 'GREETING', value: 'hello' },
        { name: 'COOKIE_KEY', valueFrom: { secretKeyRef: { name: 'cookie', key: 'key' } } },
      ],
      ports: [{ name: 'http', containerPort: 8080 }],
      resources: {
        requests: { cpu: '25m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
        limits: { memory: '256Mi', 'ephemeral-storage': '128Mi' },
      },
      readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
      livenessProbe: { tcpSocket: { port: 8080 } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    },
  ],
  volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
});

/** A small system in one namespace that breaks no rule: what tests spoil, one field at a time. */
export const goodObjects = (): KubeObject[] => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'lunch',
      labels: { ...labels('lunch'), 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: meta('environment'),
    spec: { hard: { 'requests.cpu': 1, 'requests.memory': '1Gi' } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta('default-deny'),
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta('web'),
    spec: {
      podSelector: selector('web'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: selector('traefik'),
            },
          ],
          ports: [{ protocol: 'TCP', port: 8080 }],
        },
      ],
      egress: [{ to: [{ podSelector: selector('store') }], ports: [{ protocol: 'TCP', port: 'http' }] }],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('web'),
    spec: {
      replicas: 2,
      selector: selector('web'),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels: labels('web') }, spec: podSpec('web') },
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta('web'),
    spec: { maxUnavailable: 1, selector: selector('web') },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('web'),
    spec: {
      selector: selector('web').matchLabels,
      ports: [{ name: 'http', port: 8080, targetPort: 'http' }],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: meta('web'),
    spec: {
      ingressClassName: 'traefik',
      tls: [{ hosts: ['www.example.com'], secretName: 'web-tls' }],
      rules: [
        {
          host: 'www.example.com',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'web', port: { number: 8080 } } },
              },
            ],
          },
        },
      ],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: meta('store'),
    spec: {
      serviceName: 'store',
      selector: selector('store'),
      template: { metadata: { labels: labels('store') }, spec: podSpec('store') },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta('report'),
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: {
        spec: {
          template: {
            metadata: {
              labels: labels('report'),
              annotations: { 'keelson.dev/uses-kubernetes-api': 'counts pods' },
            },
            spec: { ...podSpec('report'), automountServiceAccountToken: true, restartPolicy: 'Never' },
          },
        },
      },
    },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: meta('report'),
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: meta('report'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'report' },
    subjects: [{ kind: 'ServiceAccount', name: 'report', namespace: 'lunch' }],
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: meta('cookie'), type: 'Opaque' },
  {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: meta('web'),
    spec: {
      secretName: 'web-tls',
      dnsNames: ['www.example.com'],
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'letsencrypt-staging' },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    },
  },
  {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name: 'letsencrypt-staging', labels: labels('letsencrypt-staging') },
    spec: {
      acme: {
        server: 'https://acme-staging-v02.api.letsencrypt.org/directory',
        email: 'ops@example.com',
        privateKeySecretRef: { name: 'acme-account' },
        solvers: [
          { http01: { ingress: { ingressClassName: 'traefik' } } },
          {
            dns01: {
              webhook: { groupName: 'acme.example.com', solverName: 'own', config: { anything: [1] } },
            },
          },
        ],
      },
    },
  },
  {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'Middleware',
    metadata: meta('limit'),
    spec: { rateLimit: { average: 10, burst: 20, period: '1m' } },
  },
  {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: meta('api'),
    spec: {
      entryPoints: ['websecure'],
      routes: [
        {
          kind: 'Rule',
          match: 'Host(`api.example.com`) && PathPrefix(`/`)',
          middlewares: [{ name: 'limit' }],
          services: [{ name: 'web', port: 8080, scheme: 'h2c' }],
        },
      ],
      tls: { secretName: 'web-tls' },
    },
  },
  {
    apiVersion: 'helm.cattle.io/v1',
    kind: 'HelmChartConfig',
    metadata: { name: 'traefik', namespace: 'kube-system', labels: labels('traefik') },
    spec: { valuesContent: 'ports: {}\n' },
  },
];

/**
 * A copy of the good objects with one field of one of them changed.
 *
 * @param path names and indices with blanks between, as labels hold dots and slashes; the last may be new
 * @param value undefined takes the field away
 */
export function spoilt(kind: string, name: string, path: string, value: unknown): KubeObject[] {
  const objects = goodObjects();
  const object = objects.find((candidate) => candidate.kind === kind && candidate.metadata.name === name);
  if (!object) throw new Error(`there is no good ${kind} ${name} to spoil`);
  setAt(object, path.split(' '), value);
  return objects;
}

/** Sets a field deep in a value. @throws where there is nothing on the way to it */
export function setAt(target: unknown, path: readonly (string | number)[], value: unknown): void {
  const [step = '', ...rest] = path;
  if (typeof target !== 'object' || target === null) throw new Error(`nothing holds ${path.join(' ')}`);
  const fields = target as Record<string | number, unknown>;
  if (rest.length > 0) setAt(fields[step], rest, value);
  else if (value === undefined) delete fields[step];
  else fields[step] = value;
}
