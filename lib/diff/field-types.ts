import type { KubeObject } from '../kube/object.js';

/** What is known of the fields of one type of the Kubernetes API; of those left out nothing is. */
export type FieldTypes = Readonly<Record<string, FieldType>>;

export interface FieldType {
  /** Name of the type of the value, of its items or of its values; `quantity` for a quantity. */
  readonly type?: string;
  /** The field holds values of the type by name. */
  readonly map?: true;
  /** Fields that identify an item of the list. */
  readonly keys?: readonly string[];
  /** The list is a set. */
  readonly set?: true;
}

export interface KubernetesTypes {
  /** `apps/v1/Deployment` → its type. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, FieldTypes>>;
}

/** Loaded when it is wanted: a synthesis needs nothing of it. */
const load = (): KubernetesTypes => require('../generated/merge-keys.json') as KubernetesTypes;

/** The type of an object, or undefined for a kind of which nothing is known, such as a custom resource. */
export const typeOf = ({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): string | undefined => {
  const { kinds } = load();
  const name = `${apiVersion}/${kind}`;
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
};

/** What is known of a field. */
export function fieldType(type: string | undefined, field: string): FieldType {
  const fields = type === undefined ? undefined : load().types[type];
  return fields && Object.hasOwn(fields, field) ? (fields[field] ?? {}) : {};
}
