import { containerRule, podRule, type Rule, unless } from './rule.js';

/** Below it stand the accounts of the node's own system. */
const LEAST_USER_ID = 1000;

/** On a pod template: why its pods talk to the Kubernetes API, and so carry a token. */
export const USES_KUBERNETES_API = 'keelson.dev/uses-kubernetes-api';

/** What a pod may do on its node: nothing that Pod Security `restricted` forbids, and no writing into its image. */
export const podRules: readonly Rule[] = [
  containerRule('run-as-non-root', ({ securityContext }, { spec }) =>
    unless(
      (securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) === true,
      'runAsNonRoot must be true, in the container or in its pod',
    ),
  ),
  containerRule('user-id', ({ securityContext }, { spec }) => {
    const userId = securityContext?.runAsUser ?? spec.securityContext?.runAsUser;
    return unless(
      userId !== undefined && userId >= LEAST_USER_ID,
      `runAsUser is ${userId ?? 'not stated'}; give a number from ${LEAST_USER_ID} on`,
    );
  }),
  containerRule('seccomp', ({ securityContext }, { spec }) => {
    const profile = securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile;
    return unless(
      profile?.type === 'RuntimeDefault',
      `seccompProfile is ${profile?.type ?? 'not stated'}; give RuntimeDefault`,
    );
  }),
  containerRule('privilege', ({ securityContext }) => [
    ...unless(securityContext?.allowPrivilegeEscalation === false, 'allowPrivilegeEscalation must be false'),
    ...unless(!securityContext?.privileged, 'privileged must not be set'),
  ]),
  containerRule('capabilities', ({ securityContext }) => [
    ...unless(
      securityContext?.capabilities?.drop?.includes('ALL') === true,
      'capabilities.drop must hold ALL',
    ),
    ...unless(!securityContext?.capabilities?.add?.length, 'capabilities.add must be empty'),
  ]),
  containerRule('read-only-root', ({ securityContext }) =>
    unless(
      securityContext?.readOnlyRootFilesystem === true,
      'readOnlyRootFilesystem must be true; mount an emptyDir where it writes',
    ),
  ),
  podRule('host', ({ spec }) => {
    const hostPorts = [...(spec.initContainers ?? []), ...spec.containers]
      .flatMap(({ ports = [] }) => ports)
      .filter(({ hostPort }) => hostPort !== undefined);
    const hostPaths = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined);
    return [
      ...(['hostNetwork', 'hostPID', 'hostIPC'] as const)
        .filter((field) => spec[field])
        .map((field) => `${field} must not be set`),
      ...hostPorts.map(({ hostPort }) => `hostPort ${hostPort} must not be set; use a Service`),
      ...hostPaths.map(({ name }) => `volume ${name}: hostPath must not be used; claim a volume`),
    ];
  }),
  podRule('kubernetes-token', ({ annotations, spec }) => {
    const reason = annotations[USES_KUBERNETES_API];
    if (reason === undefined) {
      return unless(
        spec.automountServiceAccountToken === false,
        `automountServiceAccountToken must be false; a pod that needs it says why in the annotation ${USES_KUBERNETES_API}`,
      );
    }
    return unless(reason.trim() !== '', `the annotation ${USES_KUBERNETES_API} is empty; give the reason`);
  }),
];
