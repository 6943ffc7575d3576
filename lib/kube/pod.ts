import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { NAME } from './labels.js';
import { SCRATCH_MIB, SCRATCH_PATH } from './volumes.js';

/** High, so that it is nobody on the node; it needs no entry in the image's /etc/passwd. */
export const USER_ID = 10001;

/** What every container of ours has besides its image, ports and probes. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
} as const satisfies Container['securityContext'];

/**
 * A pod that the Pod Security level `restricted` admits, spread over nodes, with a `/tmp` to write to.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSpec(name: string, spec: Omit<PodSpec, 'securityContext'>): PodSpec {
  const { containers, initContainers = [], volumes = [], ...rest } = spec;
  const scratch = [...containers, ...initContainers].some(needsScratch);
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    serviceAccountName: name,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: 30,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { [NAME]: name } },
      },
    ],
    ...rest,
    ...(initContainers.length > 0 && { initContainers: initContainers.map(restricted) }),
    containers: containers.map(restricted),
    volumes: [...(scratch ? [{ name: 'tmp', emptyDir: { sizeLimit: `${SCRATCH_MIB}Mi` } }] : []), ...volumes],
  };
}

const needsScratch = ({ volumeMounts = [] }: Container): boolean =>
  volumeMounts.every(({ mountPath }) => mountPath !== SCRATCH_PATH);

const restricted = (container: Container): Container => ({
  securityContext: CONTAINER_SECURITY,
  ...container,
  volumeMounts: [
    ...(needsScratch(container) ? [{ name: 'tmp', mountPath: SCRATCH_PATH }] : []),
    ...(container.volumeMounts ?? []),
  ],
});
