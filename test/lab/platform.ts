import type { KubeObject } from '../../lib/kube/object.js';
import { COREDNS, LOCAL_PATH } from './go-modules.js';
import { DNS_ADDRESS } from './node/folders.js';

export const CORE_DNS_IMAGE = `registry.k8s.io/coredns/coredns:${COREDNS.version}`;
export const LOCAL_PATH_IMAGE = `docker.io/rancher/local-path-provisioner:${LOCAL_PATH.version}`;
export const TOOLS_IMAGE = 'docker.io/rancher/mirrored-library-busybox:1.36.1';

const NAMESPACE = 'kube-system';

const COREFILE = `.:53 {
  errors
  health
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods insecure
  }
  cache 30
  loop
  reload
}
`;

/** What k3s brings besides Kubernetes and Keelson builds on: names of Services, and volumes on the node's disk. */
export const platform = (volumes: string): readonly KubeObject[] => [...coreDns(), ...localPath(volumes)];

const metadata = (name: string) => ({ name, namespace: NAMESPACE });

function account(name: string, rules: readonly object[]): KubeObject[] {
  const api = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(name) },
    { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata: { name: `lab:${name}` }, rules },
    {
      apiVersion: `${api}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: `lab:${name}` },
      roleRef: { apiGroup: api, kind: 'ClusterRole', name: `lab:${name}` },
      subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
    },
  ];
}

function deployment(name: string, labels: Record<string, string>, podSpec: object): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: name, ...podSpec } },
    },
  };
}

function coreDns(): KubeObject[] {
  const labels = { 'k8s-app': 'kube-dns' };
  const port = (name: string, protocol: string) => ({ name, protocol, port: 53, targetPort: 53 });
  const read = { verbs: ['list', 'watch'] };
  return [
    ...account('coredns', [
      { ...read, apiGroups: [''], resources: ['services', 'pods', 'namespaces'] },
      { ...read, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
    ]),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('coredns'), data: { Corefile: COREFILE } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('kube-dns'),
      spec: { clusterIP: DNS_ADDRESS, selector: labels, ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')] },
    },
    deployment('coredns', labels, {
      dnsPolicy: 'Default',
      containers: [
        {
          name: 'coredns',
          image: CORE_DNS_IMAGE,
          args: ['-conf', '/etc/coredns/Corefile'],
          readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 2 },
          resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
          volumeMounts: [{ name: 'configuration', mountPath: '/etc/coredns' }],
        },
      ],
      volumes: [{ name: 'configuration', configMap: { name: 'coredns' } }],
    }),
  ];
}

function localPath(volumes: string): KubeObject[] {
  const all = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'];
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'volume' },
    spec: { containers: [{ name: 'volume', image: TOOLS_IMAGE, imagePullPolicy: 'IfNotPresent' }] },
  };
  const paths = { nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [volumes] }] };
  return [
    ...account('local-path', [
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods/log'],
      },
      { verbs: all, apiGroups: [''], resources: ['pods', 'persistentvolumes', 'events', 'endpoints'] },
      { verbs: ['get', 'list', 'watch'], apiGroups: ['storage.k8s.io'], resources: ['storageclasses'] },
    ]),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('local-path'),
      data: {
        'config.json': JSON.stringify(paths),
        setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
        teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
        'helperPod.yaml': JSON.stringify(pod),
      },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'local-path',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'rancher.io/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Delete',
    },
    deployment(
      'local-path',
      { app: 'local-path' },
      {
        containers: [
          {
            name: 'provisioner',
            image: LOCAL_PATH_IMAGE,
            args: [
              'start',
              '--config',
              '/etc/config/config.json',
              '--service-account-name',
              'local-path',
              '--configmap-name',
              'local-path',
            ],
            env: [
              { name: 'POD_NAMESPACE', value: NAMESPACE },
              { name: 'CONFIG_MOUNT_PATH', value: '/etc/config/' },
            ],
            volumeMounts: [{ name: 'configuration', mountPath: '/etc/config' }],
          },
        ],
        volumes: [{ name: 'configuration', configMap: { name: 'local-path' } }],
      },
    ),
  ];
}
