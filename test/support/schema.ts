import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubernetesVersion } from '../../lib/config/versions.js';
import type { KubeObject } from '../../lib/kube/object.js';
import type { JsonSchema } from '../../tools/generate/json-schema.js';
import type { SlimOpenApi } from '../../tools/generate/openapi.js';
import { compileSchema, type Schema } from './schema-check.js';

interface Kind {
  readonly problems: (object: unknown) => string[];
  readonly namespaced: boolean;
}

interface CustomResourceSpec {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly versions: readonly {
    readonly name: string;
    readonly schema: { readonly openAPIV3Schema: JsonSchema };
  }[];
}

const openApi = JSON.parse(
  readFileSync(join(__dirname, '..', 'schema', `kubernetes-${kubernetesVersion}.json`), 'utf8'),
) as SlimOpenApi;

const OBJECT_META = { $ref: 'apimachinery.pkg.apis.meta.v1.ObjectMeta' };

const builtIn: ReadonlyMap<string, Kind> = new Map(
  Object.entries(openApi.kinds).map(([key, { definition, namespaced }]) => [
    key,
    { problems: lazily(() => compileSchema({ $ref: definition }, openApi.definitions)), namespaced },
  ]),
);

/** Definitions belong to a set of objects, and that set is asked about each of its objects. */
const custom = new WeakMap<readonly KubeObject[], ReadonlyMap<string, Kind>>();

/**
 * What is wrong with one object, without an API server: unknown fields, wrong types, what is missing, values outside an
 * enumeration, pattern or bound. Each problem says which object, where in it, and what is allowed.
 *
 * CEL rules, defaults and whatever admission decides are left to the real API server.
 *
 * @param customResourceDefinitions of the kinds that Kubernetes does not know
 */
export function schemaProblems(
  object: KubeObject,
  customResourceDefinitions: readonly KubeObject[],
): string[] {
  const kind = findKind(object, customResourceDefinitions);
  const where = nameOf(object);
  if (!kind) {
    return [
      `${where}: ${object.apiVersion} ${object.kind} is unknown; ` +
        'give its custom resource definition, or add a kind of Kubernetes to KINDS in tools/generate/openapi.ts',
    ];
  }
  const problems = kind.problems(object);
  if (!object.metadata?.name) problems.push('metadata.name: is missing; Keelson chooses every name');
  return problems.map((problem) => `${where}: ${problem}`);
}

/** Whether objects of this kind live in a namespace; undefined where the kind is unknown. */
export const isNamespaced = (
  object: KubeObject,
  customResourceDefinitions: readonly KubeObject[],
): boolean | undefined => findKind(object, customResourceDefinitions)?.namespaced;

/** `Deployment lunch/web`, as people name an object. */
export const nameOf = ({ kind, metadata }: KubeObject): string =>
  `${kind} ${metadata?.namespace ? `${metadata.namespace}/` : ''}${metadata?.name}`;

function findKind(object: KubeObject, customResourceDefinitions: readonly KubeObject[]): Kind | undefined {
  const key = `${object.apiVersion}/${object.kind}`;
  const known = builtIn.get(key);
  if (known) return known;
  let kinds = custom.get(customResourceDefinitions);
  if (!kinds) {
    kinds = new Map(customResourceDefinitions.flatMap(customKinds));
    custom.set(customResourceDefinitions, kinds);
  }
  return kinds.get(key);
}

function customKinds(definition: KubeObject): [string, Kind][] {
  const { group, names, scope, versions } = definition.spec as CustomResourceSpec;
  return versions.map(({ name, schema }) => [
    `${group}/${name}/${names.kind}`,
    {
      problems: lazily(() => compileSchema(withMetadata(schema.openAPIV3Schema), openApi.definitions)),
      namespaced: scope === 'Namespaced',
    },
  ]);
}

/** Most kinds are asked for their scope only, or not at all. */
function lazily(compile: () => Kind['problems']): Kind['problems'] {
  let problems: Kind['problems'] | undefined;
  return (object) => {
    problems ??= compile();
    return problems(object);
  };
}

/** The API server adds these three to every custom resource, whatever its definition says of them. */
const withMetadata = (schema: JsonSchema): Schema => ({
  ...schema,
  required: [...new Set([...((schema.required as string[] | undefined) ?? []), 'metadata'])],
  properties: {
    ...schema.properties,
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: OBJECT_META,
  },
});
