import { Construct } from 'constructs';
import { namespaceOf } from '../../kube/context.js';
import { MONITORING } from '../../kube/monitoring.js';
import { declareSecret, isSecretRef, type SecretRef } from '../../kube/secret-ref.js';
import { addServiceAccount } from '../../kube/service-account.js';
import { WorkloadPolicy } from '../workload-policy.js';
import { addSmallDeployment } from './small-deployment.js';

const NAME = 'alertmanager';
const PORT = 9093;
const CONFIGURATION = '/etc/alertmanager';

interface Props {
  readonly image: string;
  /** The whole `alertmanager.yml`: addresses that it sends to are secrets. */
  readonly configuration: SecretRef;
  /** Ports of the internet that it sends to. */
  readonly ports: readonly number[];
}

/** Sends alerts to people. What it was told to keep quiet it forgets with its pod. */
export class Alertmanager extends Construct {
  constructor(scope: Construct, id: string, { image, configuration, ports }: Props) {
    super(scope, id);
    if (isSecretRef(configuration)) declareSecret(this, configuration, namespaceOf(this));
    addServiceAccount(this, NAME);
    const probe = { periodSeconds: 10, timeoutSeconds: 3 };
    addSmallDeployment(this, {
      name: NAME,
      ports: { http: PORT },
      container: {
        name: NAME,
        image,
        args: [
          `--config.file=${CONFIGURATION}/alertmanager.yml`,
          '--storage.path=/tmp/alertmanager',
          // There is one: nothing to gossip with.
          '--cluster.listen-address=',
        ],
        readinessProbe: { httpGet: { path: '/-/ready', port: PORT }, ...probe },
        livenessProbe: { httpGet: { path: '/-/healthy', port: PORT }, ...probe, failureThreshold: 6 },
        volumeMounts: [{ name: 'configuration', mountPath: CONFIGURATION, readOnly: true }],
      },
      pod: {
        volumes: [
          {
            name: 'configuration',
            secret: {
              secretName: configuration.secret,
              defaultMode: 0o440,
              items: [{ key: configuration.key, path: 'alertmanager.yml' }],
            },
          },
        ],
      },
      resources: { cpuMillis: 10, memoryMiB: 32, memoryLimitMiB: 128, ephemeralStorageMiB: 64 },
    });
    new WorkloadPolicy(this, 'network', {
      name: NAME,
      namespace: namespaceOf(this),
      from: () => [{ peers: [MONITORING.peer], ports: [PORT] }],
      to: () => [{ peer: { kind: 'internet' }, ports }],
    });
  }
}
