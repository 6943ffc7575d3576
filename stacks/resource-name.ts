/** A resource as a person knows it. */
export interface ResourceName {
  /** `Deployment`; for other providers' resources the last part of the type. */
  readonly kind: string;
  /** `lunch-local/web`, or `web` where there is no namespace. */
  readonly name: string;
  /** Whether it is one of our Kubernetes objects, not a component or a provider. */
  readonly isObject: boolean;
}

/** Reads a URN: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
export function resourceName(urn: string): ResourceName {
  const [, , , ...rest] = urn.split('::');
  const type = typeOf(urn);
  const logical = rest.join('::');
  const kind = type.slice(type.lastIndexOf(':') + 1);
  const isObject = type.startsWith('kubernetes:');
  const parts = logical.split('/');
  const name =
    isObject && parts.length > 1
      ? parts.filter((part, i) => i !== parts.length - 2 || part !== kind).join('/')
      : logical;
  return { kind, name, isObject };
}

/** Whether people count it: an object, or a resource of a cloud; neither a component nor a provider. */
export const isCounted = (urn: string): boolean => /^(kubernetes|digitalocean):/.test(typeOf(urn));

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>` → its type. */
const typeOf = (urn: string): string => {
  const types = urn.split('::')[2] ?? '';
  return types.slice(types.lastIndexOf('$') + 1);
};

/** The object of a URN, as people name it: `ConfigMap shop/settings`. */
export function objectIn(urn: string): string {
  const { kind, name } = resourceName(urn);
  return `${kind} ${name}`;
}
