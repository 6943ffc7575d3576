import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { apiObject } from '../../kube/api-object.js';
import { addClusterService } from '../../kube/cluster-service.js';
import { addConfiguration, configurationAnnotation } from '../../kube/configuration.js';
import { labels, NAME } from '../../kube/labels.js';
import { metricsAnnotations } from '../../kube/metrics.js';
import { podSpec } from '../../kube/pod.js';
import { type Resources, resourceRequirements } from '../../kube/resources.js';
import type { SecretRef } from '../../kube/secret-ref.js';
import { addServiceAccount } from '../../kube/service-account.js';
import { REGISTRY_METRICS_PORT, REGISTRY_PATHS, REGISTRY_PORT } from './configuration.js';
import { registryContainer, registryFiles, registryVolumes } from './container.js';

interface Props {
  readonly name: string;
  readonly image: string;
  readonly clusterIP: string;
  readonly metrics: boolean;
  readonly users?: SecretRef;
  readonly resources?: Resources;
}

/** The one pod that serves a registry's volume, its settings and the Service before it. */
export class RegistryServer extends Construct {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { name, clusterIP, metrics, users } = props;
    const data = registryFiles({ users: users !== undefined, metrics });
    addServiceAccount(this, name);
    addConfiguration(this, name, data);
    addClusterService(this, { name, ports: { http: REGISTRY_PORT }, spec: { clusterIP } });
    // A StatefulSet and not a Deployment: it never runs two pods of one name, not even when a node is lost.
    apiObject<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        replicas: 1,
        serviceName: name,
        selector: { matchLabels: { [NAME]: name } },
        template: {
          metadata: {
            labels: labels(this, name),
            annotations: {
              ...configurationAnnotation(data),
              ...(metrics && metricsAnnotations({ port: REGISTRY_METRICS_PORT })),
            },
          },
          spec: serverPod(props),
        },
      },
    });
  }
}

const serverPod = (props: Props): PodSpec =>
  podSpec(props.name, {
    containers: [serverContainer(props)],
    volumes: [
      ...registryVolumes(props.name),
      ...(props.users
        ? [
            {
              name: 'users',
              secret: {
                secretName: props.users.secret,
                defaultMode: 0o440,
                items: [{ key: props.users.key, path: 'htpasswd' }],
              },
            },
          ]
        : []),
    ],
  });

function serverContainer({ image, metrics, users, resources }: Props): Container {
  const { volumeMounts = [], ...container } = registryContainer({ name: 'registry', image }, 'serve.sh');
  return {
    ...container,
    ports: [
      { name: 'http', containerPort: REGISTRY_PORT },
      ...(metrics ? [{ name: 'metrics', containerPort: REGISTRY_METRICS_PORT }] : []),
    ],
    resources: resourceRequirements(resources),
    startupProbe: { tcpSocket: { port: REGISTRY_PORT }, periodSeconds: 2, failureThreshold: 30 },
    // Answered without a password, and by 503 where the volume fails.
    readinessProbe: { httpGet: { path: '/', port: REGISTRY_PORT }, periodSeconds: 5, timeoutSeconds: 3 },
    // Longer than the pause before a collection, in which requests under way may end.
    livenessProbe: {
      tcpSocket: { port: REGISTRY_PORT },
      periodSeconds: 10,
      timeoutSeconds: 3,
      failureThreshold: 6,
    },
    volumeMounts: [
      ...volumeMounts,
      ...(users ? [{ name: 'users', mountPath: REGISTRY_PATHS.users, readOnly: true }] : []),
    ],
  };
}
