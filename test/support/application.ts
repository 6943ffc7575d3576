import {
  type ApplicationDefinition,
  defineApplication,
  type KubeObject,
  Service,
  type Synthesis,
} from '../../lib/index.js';

/** The least that an application can be; `changes` go on top. */
export const smallApplication = (changes: Partial<ApplicationDefinition<unknown>> = {}) =>
  defineApplication<unknown>({
    name: 'small',
    domain: 'small.example.com',
    contact: 'ops@example.com',
    clusters: { main: {} },
    environments: { staging: { cluster: 'main' } },
    services: (env) => {
      new Service(env, 'web', { image: 'example.com/web:1.0.0', ports: { http: 8080 } });
    },
    ...changes,
  });

/** All objects of a synthesis, or of one of its stacks. */
export const objectsOf = ({ stacks }: Synthesis, stack?: string): KubeObject[] =>
  stacks
    .filter(({ name }) => stack === undefined || name === stack)
    .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects));

/** The one object of that kind and name. */
export function objectOf(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} objects ${kind} ${name}`);
  return found[0];
}

/** The message of what an action throws. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('nothing was thrown');
}
