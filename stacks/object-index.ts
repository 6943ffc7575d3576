import type { ValidatingWebhookConfiguration } from 'kubernetes-types/admissionregistration/v1';
import type { CustomResourceDefinition } from 'kubernetes-types/apiextensions/v1';
import type { Service } from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { RoleBinding } from 'kubernetes-types/rbac/v1';
import { KeelsonError } from '../lib/config/problem.js';
import type { KubeObject } from '../lib/kube/object.js';
import { type Labels, SelectorIndex } from './label-selector.js';
import { groupOf, keyOf, logicalName, objectKey } from './object-key.js';
import { podTemplate } from './pod-spec.js';

/** Position of an object in the set. */
export type Position = number;

/** Looks objects of a set up by what others refer to them with; built in one pass. */
export class ObjectIndex {
  private readonly byKey = new Map<string, Position>();
  private readonly definitions = new Map<string, Position>();
  private readonly limits = new Map<string, Position[]>();
  private readonly bindings = new Map<string, Position[]>();
  private readonly policies = new Map<string, SelectorIndex<Position>>();
  private readonly drivers = new Map<string, Position[]>();
  private readonly defaultClasses: Position[] = [];
  private readonly webhooks = new Map<string, Set<Position>>();

  /** @throws KeelsonError where two objects have the same group, kind, namespace and name. */
  constructor(private readonly objects: readonly KubeObject[]) {
    const twice = new Set<string>();
    objects.forEach((object, position) => {
      const key = keyOf(object);
      if (this.byKey.has(key)) twice.add(logicalName(object));
      this.byKey.set(key, position);
    });
    if (twice.size > 0)
      throw new KeelsonError(
        'Manifests',
        [...twice].map((where) => ({ where, message: 'is described twice; give one of them another name' })),
      );
    objects.forEach((object, position) => {
      this.file(object, position);
    });
    objects.forEach((object, position) => {
      if (/^(Validating|Mutating)WebhookConfiguration$/.test(object.kind))
        this.fileWebhooks(object, position);
    });
  }

  find(group: string, kind: string, name: string | undefined, namespace?: string): Position[] {
    const position = name === undefined ? undefined : this.byKey.get(objectKey(group, kind, name, namespace));
    return position === undefined ? [] : [position];
  }

  /** The CustomResourceDefinition that makes the API server know a kind. */
  definitionOf(group: string, kind: string): Position[] {
    const position = this.definitions.get(`${group}/${kind}`);
    return position === undefined ? [] : [position];
  }

  /** Quotas and default limits of a namespace: a pod made before them escapes them. */
  limitsOf(namespace: string): readonly Position[] {
    return this.limits.get(namespace) ?? [];
  }

  /** Network policies of a namespace that take pods with these labels. */
  policiesOf(namespace: string, labels: Labels): readonly Position[] {
    return this.policies.get(namespace)?.matching(labels) ?? [];
  }

  /** Bindings that give a service account its rights. */
  bindingsOf(namespace: string, serviceAccount: string): readonly Position[] {
    return this.bindings.get(`${namespace}/${serviceAccount}`) ?? [];
  }

  /** Webhook configurations for a group's custom resources, and the Deployments that answer for them. */
  webhooksOf(group: string): Iterable<Position> {
    return this.webhooks.get(group) ?? [];
  }

  /** The class of a claim: the one that it names, or the default. */
  storageClass(name: string | undefined): readonly Position[] {
    return name === undefined ? this.defaultClasses : this.find('storage.k8s.io', 'StorageClass', name);
  }

  /** What mounts a driver's volumes on every node: it has the folder in which kubelet looks for the driver. */
  driverPods(driver: string): readonly Position[] {
    return this.drivers.get(driver) ?? [];
  }

  private file(object: KubeObject, position: Position): void {
    const { kind, metadata } = object;
    const namespace = metadata.namespace ?? '';
    switch (`${groupOf(object.apiVersion)}/${kind}`) {
      case 'apiextensions.k8s.io/CustomResourceDefinition': {
        const { group, names } = (object as unknown as CustomResourceDefinition).spec;
        this.definitions.set(`${group}/${names.kind}`, position);
        return;
      }
      case '/ResourceQuota':
      case '/LimitRange':
        append(this.limits, namespace, position);
        return;
      case 'networking.k8s.io/NetworkPolicy': {
        const policies = this.policies.get(namespace) ?? new SelectorIndex<Position>();
        policies.add((object as unknown as NetworkPolicy).spec?.podSelector ?? {}, position);
        this.policies.set(namespace, policies);
        return;
      }
      case 'rbac.authorization.k8s.io/RoleBinding':
      case 'rbac.authorization.k8s.io/ClusterRoleBinding':
        for (const subject of (object as unknown as RoleBinding).subjects ?? [])
          if (subject.kind === 'ServiceAccount')
            append(this.bindings, `${subject.namespace ?? namespace}/${subject.name}`, position);
        return;
      case 'storage.k8s.io/StorageClass':
        if (metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true')
          this.defaultClasses.push(position);
        return;
      case 'apps/DaemonSet':
        for (const { hostPath } of podTemplate(object)?.spec?.volumes ?? []) {
          const [, driver] = /^\/var\/lib\/kubelet\/plugins\/([^/]+)\/?$/.exec(hostPath?.path ?? '') ?? [];
          if (driver !== undefined) append(this.drivers, driver, position);
        }
        return;
      case 'apps/Deployment':
        if (metadata.name === 'cert-manager-webhook')
          for (const group of ['cert-manager.io', 'acme.cert-manager.io']) this.webhook(group).add(position);
        return;
    }
  }

  private fileWebhooks(object: KubeObject, position: Position): void {
    for (const { rules, clientConfig } of (object as unknown as ValidatingWebhookConfiguration).webhooks ??
      []) {
      const groups = (rules ?? []).flatMap(({ apiGroups }) => apiGroups ?? []).filter(isCustom);
      for (const group of groups) {
        const answering = this.webhook(group).add(position);
        for (const deployment of this.deploymentsBehind(clientConfig.service)) answering.add(deployment);
      }
    }
  }

  private deploymentsBehind(ref: { name: string; namespace: string } | undefined): Position[] {
    const [position] = this.find('', 'Service', ref?.name, ref?.namespace);
    const service = position === undefined ? undefined : (this.objects[position] as unknown as Service);
    const selector = service?.spec?.selector;
    if (!selector) return [];
    return this.objects.flatMap((object, candidate) => {
      if (object.kind !== 'Deployment' || object.metadata.namespace !== ref?.namespace) return [];
      const labels = podTemplate(object)?.metadata?.labels ?? {};
      return Object.entries(selector).every(([key, value]) => labels[key] === value) ? [candidate] : [];
    });
  }

  private webhook(group: string): Set<Position> {
    const answering = this.webhooks.get(group) ?? new Set();
    this.webhooks.set(group, answering);
    return answering;
  }
}

/** Whether a group is some project's own: Kubernetes' groups have no dot or end in `k8s.io`. */
const isCustom = (group: string): boolean => group.includes('.') && !group.endsWith('.k8s.io');

function append(map: Map<string, Position[]>, key: string, position: Position): void {
  const positions = map.get(key);
  if (positions) positions.push(position);
  else map.set(key, [position]);
}
