/** JSON as it travels in the plugin protocol and to the API server. */
export type Value = null | boolean | number | string | Value[] | Properties;
export interface Properties {
  [key: string]: Value;
}
export type Path = readonly (string | number)[];

export function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value below a path, or undefined where the way there ends early. */
export function at(value: Value | undefined, ...path: Path): Value | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here)) here = here[Number(step)];
    else if (isProperties(here)) here = Object.hasOwn(here, step) ? here[step] : undefined;
    else return undefined;
  }
  return here;
}

/** The string below a path; empty where there is none. */
export function text(value: Value | undefined, ...path: Path): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The number below a path. @default 0, as the API server leaves zeros out of a status */
export function count(value: Value | undefined, ...path: Path): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
}

/** The list of objects below a path; empty where there is none. */
export function list(value: Value | undefined, ...path: Path): Properties[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isProperties) : [];
}

/** The value of `pulumi.com/<name>`, which steers the provider for one object. */
export function pulumiAnnotation(object: Properties, name: string): string {
  return text(object, 'metadata', 'annotations', `pulumi.com/${name}`);
}

/** How people name the object: `Deployment "shop/web"`. */
export function describeObject(object: Properties): string {
  const namespace = text(object, 'metadata', 'namespace');
  const name = text(object, 'metadata', 'name');
  return `${text(object, 'kind')} "${namespace ? `${namespace}/` : ''}${name}"`;
}
