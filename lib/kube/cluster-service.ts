import type { Construct } from 'constructs';
import type { Service, ServiceSpec } from 'kubernetes-types/core/v1';
import { apiObject } from './api-object.js';
import { NAME } from './labels.js';
import { protocolOf } from './port.js';

export interface ClusterService {
  /** Names the Service, and the pods behind it. */
  readonly name: string;
  /** Numbers by the name that the container's port has too. */
  readonly ports: Readonly<Record<string, number>>;
  /** What is not as it is by default. */
  readonly spec?: Partial<ServiceSpec>;
}

/** Adds the Service of the pods of one name, reached inside the cluster alone. */
export const addClusterService = (scope: Construct, { name, ports, spec }: ClusterService) =>
  apiObject<Service>(scope, 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      type: 'ClusterIP',
      selector: { [NAME]: name },
      ports: Object.entries(ports).map(([key, port]) => ({
        name: key,
        port,
        targetPort: key,
        protocol: 'TCP',
        ...(protocolOf(key) === 'grpc' && { appProtocol: 'kubernetes.io/h2c' }),
      })),
      ...spec,
    },
  });
