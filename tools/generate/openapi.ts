import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonSchema, mapSchema, mapValues } from './json-schema.js';
import { openapiEnums } from './openapi-enums.js';

/** The kinds that Keelson may emit, none of them deprecated; group and version as in an object's `apiVersion`. */
export const KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: [
    'ConfigMap',
    'LimitRange',
    'Namespace',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  'admissionregistration.k8s.io/v1': [
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
  'apps/v1': ['DaemonSet', 'Deployment', 'StatefulSet'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['CronJob', 'Job'],
  'coordination.k8s.io/v1': ['Lease'],
  'discovery.k8s.io/v1': ['EndpointSlice'],
  'networking.k8s.io/v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'policy/v1': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
  'storage.k8s.io/v1': ['CSIDriver', 'StorageClass'],
};

const GVK = 'x-kubernetes-group-version-kind';
export const REF = '#/definitions/';
export const QUANTITY_NAME = '.api.resource.Quantity';

/** The API server reads a quantity from a string or any number; this is its grammar. */
const QUANTITY: JsonSchema = {
  type: 'string or number',
  pattern: '^[+-]?([0-9]+|[0-9]+[.][0-9]*|[.][0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?$',
};

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface Swagger {
  readonly definitions: Readonly<Record<string, JsonSchema>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** What a validator needs of Kubernetes' OpenAPI. */
export interface SlimOpenApi {
  /** `apps/v1/Deployment` → its definition and whether it lives in a namespace. */
  readonly kinds: Readonly<Record<string, { readonly definition: string; readonly namespaced: boolean }>>;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

/** The schemas of the kinds that Keelson may emit. @param directory of the module k8s.io/kubernetes */
export function slimOpenApi(directory: string): SlimOpenApi {
  const swagger = readSwagger(directory);
  const enums = openapiEnums(directory);
  const kinds = Object.fromEntries(
    Object.entries(KINDS).flatMap(([apiVersion, names]) =>
      names.map((kind) => [`${apiVersion}/${kind}`, findKind(swagger, apiVersion, kind)]),
    ),
  );
  const names = reachable(
    swagger.definitions,
    Object.values(kinds).map(({ definition }) => definition),
  );
  return {
    kinds: mapValues(kinds, ({ definition, namespaced }) => ({ definition: short(definition), namespaced })),
    definitions: Object.fromEntries(
      [...names].sort().map((name) => [short(name), slim(name, swagger.definitions[name] ?? {}, enums)]),
    ),
  };
}

export function findKind(swagger: Swagger, apiVersion: string, kind: string) {
  const isWanted = ({ group, version, kind: name }: GroupVersionKind): boolean =>
    name === kind && (group ? `${group}/${version}` : version) === apiVersion;
  const found = Object.entries(swagger.definitions).find(([, schema]) =>
    (schema[GVK] as GroupVersionKind[] | undefined)?.some(isWanted),
  );
  if (!found) throw new Error(`${apiVersion} ${kind} is not in Kubernetes' OpenAPI; take it out of KINDS`);
  const namespaced = Object.entries(swagger.paths).some(
    ([path, { post }]) =>
      path.includes('/namespaces/{namespace}/') &&
      post?.[GVK] !== undefined &&
      isWanted(post[GVK] as GroupVersionKind),
  );
  return { definition: found[0], namespaced };
}

export const readSwagger = (directory: string): Swagger =>
  JSON.parse(readFileSync(join(directory, 'api/openapi-spec/swagger.json'), 'utf8')) as Swagger;

function reachable(definitions: Swagger['definitions'], roots: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    mapSchema(definitions[name] ?? {}, (schema) => {
      if (typeof schema.$ref === 'string') visit(schema.$ref.slice(REF.length));
      return schema;
    });
  };
  roots.forEach(visit);
  return seen;
}

/** `format` is prose to a validator, except in these two, which take more than their `type` says. */
function slim(name: string, definition: JsonSchema, enums: ReturnType<typeof openapiEnums>): JsonSchema {
  if (name.endsWith(QUANTITY_NAME)) return QUANTITY;
  if (definition.format === 'int-or-string') return { 'x-kubernetes-int-or-string': true };
  const { [GVK]: _, ...schema } = mapSchema(definition, slimKeywords);
  // An object of which nothing is said is free data here; in a custom resource definition it would be an empty one.
  if (
    schema.type === undefined ||
    (schema.type === 'object' && !schema.properties && !schema.additionalProperties)
  ) {
    return { ...schema, 'x-kubernetes-preserve-unknown-fields': true };
  }
  const known = enums.get(name);
  if (!known || !schema.properties) return schema;
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(schema.properties).map(([field, value]) => [field, withEnum(value, known.get(field))]),
    ),
  };
}

function slimKeywords(schema: JsonSchema): JsonSchema {
  const kept = Object.entries(schema).filter(
    ([keyword]) =>
      !['description', 'format', 'default'].includes(keyword) &&
      !/^x-kubernetes-(patch|list|map|unions)/.test(keyword),
  );
  return Object.fromEntries(
    kept.map(([keyword, value]) =>
      keyword === '$ref' ? [keyword, short(String(value).slice(REF.length))] : [keyword, value],
    ),
  );
}

/** On a list or a map the enumeration is that of its values. */
const withEnum = (schema: JsonSchema, values: readonly string[] | undefined): JsonSchema => {
  if (!values) return schema;
  if (schema.items) return { ...schema, items: { ...schema.items, enum: values } };
  if (typeof schema.additionalProperties === 'object') {
    return { ...schema, additionalProperties: { ...schema.additionalProperties, enum: values } };
  }
  return { ...schema, enum: values };
};

export const short = (name: string): string => name.replace(/^io\.k8s\.(api\.)?/, '');
