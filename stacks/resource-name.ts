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
  const [, , types = '', ...rest] = urn.split('::');
  const type = types.slice(types.lastIndexOf('$') + 1);
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
