import { Construct } from 'constructs';
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, PolicyRule, RoleBinding } from 'kubernetes-types/rbac/v1';
import { ACCESS_LEVELS, type AccessLevel, deployableProblem } from '../config/access.js';
import { apiObject } from '../kube/api-object.js';
import { clusterObject } from '../kube/cluster-object.js';
import { ACCESS_NAMESPACE, accountOf, type Identity } from '../kube/identity.js';
import { allowKeys, type KeysOf, unknownKeys } from '../kube/known-keys.js';
import { NAME } from '../kube/labels.js';
import { addAccessNamespace } from './access/namespace.js';
import { DEBUG, deploy, READ } from './access/rules.js';
import { addWall } from './access/wall.js';

/** Who may do what in one namespace. */
export interface NamespaceAccess {
  /** Has an identity of its own that deploys it, such as CI's. @default true */
  readonly deployIdentity?: boolean;
  /** What people may do there, by name: `read`, `debug` or `deploy`. @default nobody may do anything */
  readonly people?: Readonly<Record<string, AccessLevel>>;
}

export interface AccessProps {
  /** By name of the namespace. */
  readonly namespaces: Readonly<Record<string, NamespaceAccess>>;
  /** What may be deployed besides Keelson's own kinds, as `resource` or `resource.group`. @default nothing */
  readonly deployable?: readonly string[];
}

const KEYS: KeysOf<AccessProps> = { namespaces: true, deployable: true };
const NAMESPACE_KEYS: KeysOf<NamespaceAccess> = { deployIdentity: true, people: true };

/** One role for each level: what it adds to the level before it. */
const roleOf = (level: AccessLevel): string => `keelson-${level}`;

/**
 * Who may do what in which namespace: an identity that deploys each, and one for each person. They are ServiceAccounts
 * of a namespace in which no pod can run, and get tokens that expire, by `keelson kubeconfig`.
 *
 * Once a cluster: its roles belong to all namespaces.
 *
 * @example
 * new Access(chart, 'access', { namespaces: { staging: { people: { ada: 'debug' } } } });
 */
export class Access extends Construct {
  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const { namespaces, deployable = [] } = props;
    addAccessNamespace(this);
    const rules: Record<AccessLevel, readonly PolicyRule[]> = {
      read: READ,
      debug: DEBUG,
      deploy: deploy(deployable),
    };
    for (const level of ACCESS_LEVELS)
      clusterObject<ClusterRole>(this, `role-${level}`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: roleOf(level) },
        rules: [...rules[level]],
      });
    addWall(this);
    for (const [namespace, access] of Object.entries(namespaces)) this.addBindings(namespace, access);
    for (const identity of identitiesOf(namespaces)) this.addIdentity(identity);
    this.node.addValidation({
      validate: () => [
        ...Object.entries(namespaces).flatMap(([namespace, access]) =>
          unknownKeys(access, NAMESPACE_KEYS, `namespaces.${namespace}.`),
        ),
        ...deployable.flatMap((kind) => deployableProblem(kind) ?? []),
      ],
    });
  }

  private addIdentity(identity: Identity): void {
    const name = accountOf(identity);
    apiObject<ServiceAccount>(this, name, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name,
        namespace: ACCESS_NAMESPACE,
        // Shorter than the account's own name, which may be longer than a label.
        labels: { [NAME]: 'person' in identity ? identity.person : identity.environment },
      },
      automountServiceAccountToken: false,
    });
  }

  private addBindings(namespace: string, { people = {}, deployIdentity = true }: NamespaceAccess): void {
    for (const [index, level] of ACCESS_LEVELS.entries()) {
      const persons = Object.entries(people)
        .filter(([, highest]) => ACCESS_LEVELS.indexOf(highest) >= index)
        .map(([person]) => accountOf({ person }));
      const own = level === 'deploy' && deployIdentity ? [accountOf({ environment: namespace })] : [];
      const accounts = [...own, ...persons];
      if (accounts.length === 0) continue;
      const name = roleOf(level);
      apiObject<RoleBinding>(this, `${namespace}-${level}`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name, namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: accounts.map((account) => ({
          kind: 'ServiceAccount',
          name: account,
          namespace: ACCESS_NAMESPACE,
        })),
      });
    }
  }
}

function identitiesOf(namespaces: AccessProps['namespaces']): Identity[] {
  const all = Object.entries(namespaces);
  return [
    ...all
      .filter(([, { deployIdentity = true }]) => deployIdentity)
      .map(([environment]) => ({ environment })),
    ...[...new Set(all.flatMap(([, { people = {} }]) => Object.keys(people)))].map((person) => ({ person })),
  ];
}
