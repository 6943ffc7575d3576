/*
 * Every third-party version that Keelson stands on, once. Images are named by tag and not by digest: a digest cannot be
 * computed where no registry is reachable, so none is written here; pin one in a fork by appending `@sha256:…`.
 * The comment above each line tells Renovate where newer versions are listed.
 */

/** Container images that our own constructs run. The charts' images stand in `lib/generated`, at the chart's version. */
export const images = {
  /**
   * In-memory store (RSALv2, SSPLv1 or AGPLv3, at your choice).
   * @see https://github.com/docker-library/official-images/blob/master/library/redis
   */
  // renovate: datasource=docker depName=redis packageName=docker.io/library/redis
  redis: 'docker.io/library/redis:8.10.2-trixie',

  /**
   * The fork of Redis 7.2 under the BSD licence.
   * @see https://valkey.io/download/releases/v9-0-8/
   */
  // renovate: datasource=docker depName=valkey packageName=docker.io/valkey/valkey
  valkey: 'docker.io/valkey/valkey:9.0.8-trixie',

  /**
   * Redis 7.4 with the modules for search, JSON, time series and filters; Redis 8 took them in.
   * @see https://github.com/redis-stack/redis-stack/pull/657
   */
  // renovate: datasource=docker depName=redis-stack-server packageName=docker.io/redis/redis-stack-server
  redisStack: 'docker.io/redis/redis-stack-server:7.4.0-v8',

  /**
   * Prometheus metrics of Redis and Valkey.
   * @see https://github.com/oliver006/redis_exporter/releases
   */
  // renovate: datasource=docker depName=redis_exporter packageName=docker.io/oliver006/redis_exporter
  redisExporter: 'docker.io/oliver006/redis_exporter:v1.91.1',

  /**
   * The CNCF distribution registry.
   * @see https://github.com/docker-library/official-images/blob/master/library/registry
   */
  // renovate: datasource=docker depName=registry packageName=docker.io/library/registry
  registry: 'docker.io/library/registry:3.1.2',

  /**
   * Collects metrics and evaluates alerts; 3.13 has long-term support until July 2027.
   * @see https://github.com/prometheus/prometheus/releases
   */
  // renovate: datasource=docker depName=prometheus packageName=docker.io/prom/prometheus
  prometheus: 'docker.io/prom/prometheus:v3.13.3',

  /**
   * Sends alerts to people.
   * @see https://github.com/prometheus/alertmanager/releases
   */
  // renovate: datasource=docker depName=alertmanager packageName=docker.io/prom/alertmanager
  alertmanager: 'docker.io/prom/alertmanager:v0.34.0',

  /**
   * Metrics of what the Kubernetes API says of pods and workloads.
   * @see https://github.com/kubernetes/kube-state-metrics/releases
   */
  // renovate: datasource=docker depName=kube-state-metrics packageName=registry.k8s.io/kube-state-metrics/kube-state-metrics
  kubeStateMetrics: 'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0',

  /**
   * DigitalOcean's driver of block storage. Its releases name the Kubernetes that each is for (4.16: 1.35), and the
   * versions of the four below that it was tried with: they change together.
   * @see https://github.com/digitalocean/csi-digitalocean#kubernetes-compatibility
   */
  // renovate: datasource=docker depName=do-csi-plugin packageName=docker.io/digitalocean/do-csi-plugin
  blockStorage: 'docker.io/digitalocean/do-csi-plugin:v4.16.0',

  /**
   * Has a driver make the volumes that are claimed.
   * @see https://github.com/kubernetes-csi/external-provisioner/releases
   */
  // renovate: datasource=docker depName=csi-provisioner packageName=registry.k8s.io/sig-storage/csi-provisioner
  csiProvisioner: 'registry.k8s.io/sig-storage/csi-provisioner:v6.1.0',

  /**
   * Has a driver attach volumes to nodes.
   * @see https://github.com/kubernetes-csi/external-attacher/releases
   */
  // renovate: datasource=docker depName=csi-attacher packageName=registry.k8s.io/sig-storage/csi-attacher
  csiAttacher: 'registry.k8s.io/sig-storage/csi-attacher:v4.10.0',

  /**
   * Has a driver enlarge volumes.
   * @see https://github.com/kubernetes-csi/external-resizer/releases
   */
  // renovate: datasource=docker depName=csi-resizer packageName=registry.k8s.io/sig-storage/csi-resizer
  csiResizer: 'registry.k8s.io/sig-storage/csi-resizer:v2.0.0',

  /**
   * Makes a driver known to the kubelet of its node.
   * @see https://github.com/kubernetes-csi/node-driver-registrar/releases
   */
  // renovate: datasource=docker depName=csi-node-driver-registrar packageName=registry.k8s.io/sig-storage/csi-node-driver-registrar
  csiRegistrar: 'registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.15.0',
} as const;

/** Go modules that `make generate` reads charts, custom resource definitions and schemas from, with their leading `v`. */
export const modules = {
  /**
   * cert-manager's chart; its images carry the same version.
   * @see https://cert-manager.io/docs/releases/
   */
  // renovate: datasource=go depName=github.com/cert-manager/cert-manager
  certManager: 'v1.21.1',

  /**
   * Custom resources of traefik, the ingress that k3s brings along.
   * @see https://github.com/traefik/traefik/releases
   */
  // renovate: datasource=go depName=github.com/traefik/traefik/v3
  traefik: 'v3.7.12',

  /**
   * HelmChart and HelmChartConfig, k3s' own custom resources.
   * @see https://github.com/k3s-io/helm-controller/releases
   */
  // renovate: datasource=go depName=github.com/k3s-io/helm-controller
  helmController: 'v0.16.13',

  /**
   * ServiceMonitor, PodMonitor and PrometheusRule, for clusters whose monitoring reads them.
   * @see https://github.com/prometheus-operator/prometheus-operator/releases
   */
  // renovate: datasource=go depName=github.com/prometheus-operator/prometheus-operator
  prometheusOperator: 'v0.91.0',

  /**
   * Kubernetes' OpenAPI, which every emitted object is checked against.
   * @see https://kubernetes.io/releases/
   */
  // renovate: datasource=go depName=k8s.io/kubernetes
  kubernetes: 'v1.34.4',
} as const;

/** What the embedded control plane is made of besides Kubernetes, with the leading `v`. */
export const controlPlane = {
  /**
   * The store of the embedded control plane.
   * @see https://github.com/etcd-io/etcd/releases
   */
  // renovate: datasource=go depName=go.etcd.io/etcd/server/v3
  etcd: 'v3.6.16',

  /**
   * Simulates the embedded control plane's nodes and pods.
   * @see https://github.com/kubernetes-sigs/kwok/releases
   */
  // renovate: datasource=go depName=sigs.k8s.io/kwok
  kwok: 'v0.8.0',
} as const;

/** The Kubernetes that charts are rendered for and that the embedded control plane runs, without `v`. */
export const kubernetesVersion: string = modules.kubernetes.slice(1);

/** Pulumi's engine and plugins, without `v`. */
export const pulumi = {
  /**
   * The command line, built from its Go module where the network is closed.
   * @see https://github.com/pulumi/pulumi/releases
   */
  // renovate: datasource=go depName=github.com/pulumi/pulumi/pkg/v3
  engine: '3.245.0',

  /**
   * The provider plugin `kubernetes`.
   * @see https://github.com/pulumi/pulumi-kubernetes/releases
   */
  // renovate: datasource=github-releases depName=pulumi/pulumi-kubernetes
  kubernetesPlugin: '4.34.2',
} as const;

/** What machines are made of. */
export const machine = {
  /**
   * The script that turns Ubuntu into NixOS (GPL-3: downloaded and verified, never part of the package). Newer commits
   * fail on BIOS machines (nixos-infect#255, #258, #264).
   * @see https://github.com/elitak/nixos-infect
   */
  nixosInfect: {
    commit: '36f48d8feb89ca508261d7390355144fc0048932',
    sha256: '0fb4fe42249b7d5bbb205a45f9466ed542a3095c1cbe4452f2b60d9adf8f3375',
  },

  /**
   * Nix of the first installation; NixOS brings its own afterwards.
   * @see https://releases.nixos.org/?prefix=nix/
   */
  nixInstaller: '2.34.7',

  /**
   * Channel of nixpkgs.
   * @see https://nixos.org/manual/nixos/stable/release-notes
   */
  nixosChannel: 'nixos-26.05',

  /**
   * k3s, as nixpkgs names its package: one minor at a time, and at most one ahead of `modules.kubernetes`.
   * @see https://github.com/NixOS/nixpkgs/tree/master/pkgs/applications/networking/cluster/k3s
   */
  k3s: 'k3s_1_35',
} as const;
