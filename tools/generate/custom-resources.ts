import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../lib/kube/object.js';
import { type JsonSchema, withoutDescriptions } from './json-schema.js';
import { labelled } from './labelled.js';

interface Version {
  readonly additionalPrinterColumns?: readonly { readonly description?: string }[];
  readonly schema: { readonly openAPIV3Schema: JsonSchema };
}

/** Every object in a YAML file, or in the YAML files of a folder in the order of their names. */
export function readObjects(path: string): KubeObject[] {
  const files = /\.ya?ml$/.test(path)
    ? [path]
    : readdirSync(path)
        .sort()
        .map((name) => join(path, name));
  return files
    .flatMap((file) => loadAll(readFileSync(file, 'utf8')) as (KubeObject | null)[])
    .filter((object) => object !== null);
}

/** Custom resource definitions as we apply them: without prose, with our labels. */
export const applied = (definitions: readonly KubeObject[], name: string): KubeObject[] =>
  definitions.map((object) => labelled(withoutProse(object), name));

/** A custom resource definition without descriptions; any other object as it is. */
export function withoutProse(object: KubeObject): KubeObject {
  if (object.kind !== 'CustomResourceDefinition') return object;
  const spec = object.spec as { readonly versions: readonly Version[] };
  return { ...object, spec: { ...spec, versions: spec.versions.map(versionWithoutProse) } };
}

function versionWithoutProse({ additionalPrinterColumns, ...version }: Version): Version {
  return {
    ...version,
    ...(additionalPrinterColumns && {
      additionalPrinterColumns: additionalPrinterColumns.map(({ description: _, ...column }) => column),
    }),
    schema: { openAPIV3Schema: withoutDescriptions(version.schema.openAPIV3Schema) },
  };
}
