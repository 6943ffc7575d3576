import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import type { KubeObject } from '../../kube/object.js';
import { listAt, textAt } from '../json.js';
import type { Rule } from '../mark.js';

const ROLES = ['ClusterRole', 'Role'];
const BINDINGS = ['ClusterRoleBinding', 'RoleBinding'];

/** What a role allows that it did not allow before. */
export const ADDED_PERMISSIONS: Rule = ({ before, after }) => {
  if (!after || !ROLES.includes(after.kind)) return [];
  const known = before ? rulesOf(before).flatMap(permissionsOf) : [];
  return rulesOf(after).flatMap((rule) => {
    const added = permissionsOf(rule).filter((one) => !known.some((other) => allows(other, one)));
    if (added.length === 0) return [];
    const verbs = new Set(added.map(({ verb }) => verb));
    const targets = new Set(added.map(({ group, target, name }) => describe(group, target, name)));
    return [`it may ${[...verbs].join(', ')} ${[...targets].join(', ')}`];
  });
};

/** Who gets a role that he did not have before. */
export const ADDED_SUBJECTS: Rule = ({ before, after }) => {
  if (!after || !BINDINGS.includes(after.kind)) return [];
  const grants = (object: KubeObject) =>
    listAt(object, 'subjects').map(
      ({ kind, name, namespace }) =>
        `${kind} ${namespace ? `${namespace}/` : ''}${name} gets ${textAt(object, 'roleRef', 'kind')} ${textAt(object, 'roleRef', 'name')}`,
    );
  const known = new Set(before ? grants(before) : []);
  return grants(after).filter((grant) => !known.has(grant));
};

/** One verb on one resource or path; `*` stands for all. */
interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly target: string;
  /** Of one object. @default all of them */
  readonly name?: string;
}

const rulesOf = (object: KubeObject) => listAt(object, 'rules') as unknown as readonly PolicyRule[];

const permissionsOf = ({
  verbs = [],
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): Permission[] =>
  verbs.flatMap((verb) => [
    ...nonResourceURLs.map((target) => ({ verb, group: 'path', target })),
    ...apiGroups.flatMap((group) =>
      resources.flatMap((target) =>
        resourceNames.length === 0
          ? [{ verb, group, target }]
          : resourceNames.map((name) => ({ verb, group, target, name })),
      ),
    ),
  ]);

function allows(one: Permission, other: Permission): boolean {
  const all = (value: string, wanted: string) => value === wanted || value === '*';
  return (
    all(one.verb, other.verb) &&
    (one.group === other.group || (one.group === '*' && other.group !== 'path')) &&
    all(one.target, other.target) &&
    (one.name === undefined || one.name === other.name)
  );
}

function describe(group: string, target: string, name: string | undefined): string {
  const full = group === '' || group === 'path' ? target : `${target}.${group}`;
  return name === undefined ? full : `${full} ${name}`;
}
