import type { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { apiObject } from '../../kube/api-object.js';
import { addClusterService } from '../../kube/cluster-service.js';
import { labels, NAME } from '../../kube/labels.js';
import { podSpec } from '../../kube/pod.js';
import { type Resources, resourceRequirements } from '../../kube/resources.js';

interface SmallDeployment {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, number>>;
  readonly container: Container;
  readonly pod?: Partial<PodSpec>;
  readonly resources: Resources;
}

/** One pod of the platform and the Service before it. It may be away for a moment: nobody outside asks it. */
export function addSmallDeployment(scope: Construct, props: SmallDeployment): void {
  const { name, annotations, ports, container, pod, resources } = props;
  const entries = Object.entries(ports);
  addClusterService(scope, { name, ports });
  apiObject<Deployment>(scope, 'deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { [NAME]: name } },
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels: labels(scope, name), ...(annotations && { annotations: { ...annotations } }) },
        spec: podSpec(name, {
          ...pod,
          containers: [
            {
              ...container,
              imagePullPolicy: 'IfNotPresent',
              ports: entries.map(([key, containerPort]) => ({ name: key, containerPort })),
              resources: resourceRequirements(resources),
            },
          ],
        }),
      },
    },
  });
}
