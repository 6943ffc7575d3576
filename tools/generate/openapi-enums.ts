import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Definition name as in swagger.json → field → the values it may have. */
export type Enums = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * The enumerations of the API's fields.
 *
 * swagger.json names them in prose only, so that they are read from the Go source from which the API server serves
 * its OpenAPI. That file is generated and indented by gofmt: a definition's fields stand at one depth.
 */
export function openapiEnums(directory: string): Enums {
  const source = readFileSync(join(directory, 'pkg/generated/openapi/zz_generated.openapi.go'), 'utf8');
  const definitions = new Map<string, string>();
  for (const [, name = '', maker = ''] of source.matchAll(/^\t\t"([^"]+)":\s+(schema_\w+)\(ref\),$/gm)) {
    definitions.set(
      maker,
      name
        .replace(/^k8s\.io\/(api|apimachinery|apiextensions-apiserver)\//, 'io.k8s.$1/')
        .replaceAll('/', '.'),
    );
  }
  const enums = new Map<string, Map<string, string[]>>();
  let fields = new Map<string, string[]>();
  let field = '';
  for (const line of source.split('\n')) {
    const [, maker] = /^func (schema_\w+)\(/.exec(line) ?? [];
    const [, property] = /^\t{5}"([^"]+)": \{$/.exec(line) ?? [];
    const [, values] = /^\t+Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line) ?? [];
    if (maker !== undefined) {
      fields = new Map();
      enums.set(definitions.get(maker) ?? maker, fields);
    }
    if (property !== undefined) field = property;
    if (values !== undefined) fields.set(field, JSON.parse(`[${values}]`) as string[]);
  }
  return enums;
}
