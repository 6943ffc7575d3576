import { Construct } from 'constructs';
import type { ConfigMap, Container, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import { apiObject } from '../kube/api-object.js';
import type { ComponentKind } from '../kube/component.js';
import { configurationAnnotation } from '../kube/configuration.js';
import { type ContainerProps, container, containerSecrets } from '../kube/container.js';
import { findContext, namespaceOf } from '../kube/context.js';
import type { Endpoint, NetworkPeer } from '../kube/endpoint.js';
import { configMapData, fileVolumes, secretVolumes } from '../kube/files.js';
import { labels } from '../kube/labels.js';
import { metricsAnnotations } from '../kube/metrics.js';
import { MONITORING } from '../kube/monitoring.js';
import { podSpec } from '../kube/pod.js';
import { declareSecret } from '../kube/secret-ref.js';
import { addServiceAccount } from '../kube/service-account.js';
import { declareComponent, declareUses } from '../kube/uses.js';
import { type Mounts, podVolumes } from '../kube/volumes.js';
import { type WayIn, WorkloadPolicy } from './workload-policy.js';
import { workloadProblems } from './workload-problems.js';
import { containersOf, type WorkloadProps } from './workload-props.js';

/** What a kind of workload adds to the pod. */
interface PodExtra {
  /** Ports, probes and hooks of the main container. */
  readonly container?: Partial<Container>;
  readonly pod?: Partial<Omit<PodSpec, 'containers' | 'initContainers' | 'securityContext'>>;
}

/**
 * What all workloads have: pods with an account of their own that no token belongs to, files, volumes, and a network
 * policy that opens exactly what they use and who uses them. The kinds add the controller that runs the pods.
 */
export abstract class Workload extends Construct {
  readonly name: string;
  readonly peer: NetworkPeer;
  /** Some kinds' pods carry a label that is longer than the name. */
  protected readonly longestName: number = 63;
  private readonly endpoints: () => readonly Endpoint[];

  protected constructor(
    scope: Construct,
    id: string,
    protected readonly props: WorkloadProps,
  ) {
    super(scope, id);
    const { name = id } = props;
    this.name = name;
    this.peer = { kind: 'pods', name, namespace: namespaceOf(this) };
    this.endpoints = declareUses(this, props.uses ?? []);
    for (const secret of containersOf(props).flatMap(containerSecrets)) declareSecret(this, secret);
    const { imagePullSecret } = findContext(this) ?? {};
    if (imagePullSecret) declareSecret(this, imagePullSecret);
    this.node.addValidation({
      validate: () =>
        workloadProblems(props, {
          name,
          longestName: this.longestName,
          namespace: namespaceOf(this),
          personal: findContext(this)?.personal ?? false,
          volumeNames: this.volumeNames(),
        }),
    });
  }

  /** Adds what is neither the controller nor its Service. */
  protected addSurroundings(
    kind: ComponentKind,
    served: {
      readonly endpoint?: Endpoint;
      readonly hosts?: readonly string[];
      readonly ways?: () => WayIn[];
    } = {},
  ): void {
    const { name, peer } = this;
    const { ways = () => [], ...component } = served;
    const { after = [] } = this.props;
    declareComponent(this, { name, kind, peer, after, ...component });
    addServiceAccount(this, name);
    const data = configMapData(this.files());
    if (Object.keys(data).length > 0)
      apiObject<ConfigMap>(this, 'files', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
    const { metrics } = this.props;
    new WorkloadPolicy(this, 'network', {
      name,
      namespace: namespaceOf(this),
      from: () => [...ways(), ...(metrics ? [{ peers: [MONITORING.peer], ports: [metrics.port] }] : [])],
      to: this.endpoints,
    });
  }

  /**
   * Name of the controller, and which Jobs have to end well before it is applied: a stack waits for them, `kubectl
   * apply` waits for nothing.
   */
  protected controllerMetadata(): { readonly name: string; readonly annotations?: Record<string, string> } {
    const { after = [] } = this.props;
    const jobs = after.map((job) => `Job/${job?.name}`).join(',');
    return { name: this.name, ...(jobs && { annotations: { 'keelson.dev/after': jobs } }) };
  }

  protected podTemplate({ container: extra = {}, pod = {} }: PodExtra): PodTemplateSpec {
    const { name, props } = this;
    const { init = {}, sidecars = {}, metrics, stopSeconds } = props;
    const configuration = configMapData(this.files());
    const annotations = {
      ...(Object.keys(configuration).length > 0 && configurationAnnotation(configuration)),
      ...(metrics && metricsAnnotations(metrics)),
    };
    const { imagePullSecret, personal } = findContext(this) ?? {};
    const one = (containerName: string, containerProps: ContainerProps, more?: Partial<Container>) =>
      container(containerName, containerProps, this.endpoints, {
        // A tag of one's own moves with every build; everywhere else an image that the node has is the one meant.
        imagePullPolicy: personal && !`${containerProps.image}`.includes('@') ? 'Always' : 'IfNotPresent',
        ...more,
      });
    return {
      metadata: {
        labels: labels(this, name),
        ...(Object.keys(annotations).length > 0 && { annotations }),
      },
      spec: podSpec(name, {
        ...(imagePullSecret && { imagePullSecrets: [{ name: imagePullSecret.secret }] }),
        ...(stopSeconds !== undefined && { terminationGracePeriodSeconds: stopSeconds }),
        ...pod,
        initContainers: [
          // Kubernetes starts these before what follows, and stops them after the main container.
          ...Object.entries(sidecars).map(([key, sidecar]) => one(key, sidecar, { restartPolicy: 'Always' })),
          ...Object.entries(init).map(([key, step]) => one(key, step)),
        ],
        containers: [one(name, props, extra)],
        volumes: [...(pod.volumes ?? []), ...podVolumes(this.mounts()), ...fileVolumes(this.files(), name)],
      }),
    };
  }

  private files() {
    return containersOf(this.props).map(({ files = {} }) => files);
  }

  private mounts(): Mounts[] {
    return containersOf(this.props).map(({ volumes = {} }) => volumes);
  }

  /** Names of the pod's volumes besides those of `volumes`. */
  protected volumeNames(): readonly string[] {
    return secretVolumes(this.files());
  }
}
