import type { Container, SecurityContext } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../../kube/object.js';
import { textAt } from '../json.js';
import { goesAway, type Rule } from '../mark.js';
import { type Pods, podsOf } from '../pods.js';
import type { Surroundings } from '../world.js';

/** A protection that pods can do without. */
interface Protection {
  /** What of it is missing, one text a case. */
  readonly missing: (container: Container, pods: Pods) => readonly string[];
  /** Whether new pods are told of too, not only those that had the protection. */
  readonly always: boolean;
}

const when = (is: boolean, text: string): string[] => (is ? [text] : []);

const context = ({ securityContext = {} }: Container, { spec }: Pods): SecurityContext => ({
  ...(spec.securityContext as SecurityContext | undefined),
  ...securityContext,
});

/** @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const PROTECTIONS: readonly Protection[] = [
  {
    always: true,
    missing: (container, pods) => {
      const { privileged, capabilities, procMount, runAsUser, seccompProfile } = context(container, pods);
      return [
        ...when(privileged === true, 'runs privileged'),
        ...when(runAsUser === 0, 'runs as root'),
        ...when(procMount === 'Unmasked', 'sees the whole of /proc'),
        ...when(seccompProfile?.type === 'Unconfined', 'runs without seccomp'),
        ...(capabilities?.add ?? []).map((capability) => `has the capability ${capability}`),
      ];
    },
  },
  {
    always: true,
    missing: (_, { spec }) => [
      ...when(spec.hostPID === true, "sees the node's processes (hostPID)"),
      ...when(spec.hostIPC === true, "shares the node's memory segments (hostIPC)"),
      ...(spec.volumes ?? []).flatMap(({ hostPath }) =>
        when(hostPath !== undefined, `mounts ${hostPath?.path} of the node`),
      ),
    ],
  },
  {
    always: false,
    missing: (container, pods) => {
      const { allowPrivilegeEscalation, capabilities, readOnlyRootFilesystem, runAsNonRoot, seccompProfile } =
        context(container, pods);
      return [
        ...when(allowPrivilegeEscalation !== false, 'may gain privileges'),
        ...when(runAsNonRoot !== true, 'may run as root'),
        ...when(readOnlyRootFilesystem !== true, 'may write to its root file system'),
        ...when(seccompProfile === undefined, 'has no seccomp profile'),
        ...when(!(capabilities?.drop ?? []).includes('ALL'), 'keeps capabilities'),
      ];
    },
  },
];

/** Containers with less protection than before, or new ones with a privilege. */
export const LOOSENED: Rule = ({ before, after }) => {
  const [old] = podsOf(before);
  return podsOf(after).flatMap((now) =>
    now.containers.flatMap((container) => {
      const was =
        old?.containers.find(({ name }) => name === container.name) ??
        (old?.containers.length === 1 && now.containers.length === 1 ? old.containers[0] : undefined);
      return PROTECTIONS.flatMap(({ missing, always }) => {
        const known = was && old ? missing(was, old) : [];
        return was || always ? missing(container, now).filter((text) => !known.includes(text)) : [];
      }).map((text) => `${container.name} ${text}`);
    }),
  );
};

/** Pods that get a token for the API server. */
export const TOKEN_MOUNTED: Rule = ({ before, after }, world) => {
  if (!before || !after || podsOf(after).length === 0) return [];
  return mountsToken(after, world.after) && !mountsToken(before, world.before)
    ? ['its pods get a token for the API server']
    : [];
};

function mountsToken(object: KubeObject, side: Surroundings): boolean {
  const [pods] = podsOf(object);
  const account = side
    .ofKind('ServiceAccount')
    .find(
      ({ metadata }) =>
        metadata.namespace === object.metadata.namespace &&
        metadata.name === (pods?.spec.serviceAccountName ?? 'default'),
    );
  return pods?.spec.automountServiceAccountToken ?? account?.automountServiceAccountToken !== false;
}

const LEVELS = ['privileged', 'baseline', 'restricted'];
const ENFORCED = 'pod-security.kubernetes.io/enforce';

/** Namespaces that admit more than before, or new ones that admit everything. */
export const LEVEL_LOWERED: Rule = (change) => {
  const { before, after } = change;
  if (after?.kind !== 'Namespace') return [];
  const level = (object: KubeObject) => textAt(object, 'metadata', 'labels', ENFORCED) ?? 'privileged';
  const [old, now] = [before && !goesAway(change) ? level(before) : 'baseline', level(after)];
  return LEVELS.indexOf(now) < LEVELS.indexOf(old)
    ? [`it admits ${now} pods${before ? `, ${old} ones before` : ''}`]
    : [];
};
