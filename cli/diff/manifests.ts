import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { KeelsonError } from '../../lib/config/problem.js';
import { isFields, listAt } from '../../lib/diff/json.js';
import type { KubeObject } from '../../lib/kube/object.js';
import type { Synthesis } from '../../lib/synth.js';
import { toYaml } from '../../lib/yaml.js';

/** What one file holds; each form is made when it is asked for. */
export interface Content {
  readonly text: () => string;
  readonly objects: () => readonly KubeObject[];
}

/** Stack → name of a manifest → what it holds. */
export type Stacks = ReadonlyMap<string, ReadonlyMap<string, Content>>;

export const stacksOf = ({ stacks }: Synthesis): Stacks =>
  new Map(
    stacks.map(({ name, manifests }) => [
      name,
      new Map(
        manifests.map((manifest) => [
          manifest.name,
          { text: once(() => toYaml(manifest.objects)), objects: () => manifest.objects },
        ]),
      ),
    ]),
  );

/** For files that lie in no folder of a stack. */
const NO_STACK = 'manifests';

/**
 * Reads `<stack>/….yaml` below a folder, as `keelson synth` writes it, and any other YAML or JSON.
 *
 * @throws KeelsonError where there is none, or when what is read is no object of Kubernetes
 */
export function readStacks(folder: string): Stacks {
  const stacks = new Map<string, Map<string, Content>>();
  const files = (readdirSync(folder, { recursive: true }) as string[]).map((file) =>
    file.replaceAll('\\', '/'),
  );
  for (const file of files.filter((name) => /\.(ya?ml|json)$/.test(name)).sort()) {
    const [stack = '', ...rest] = file.split('/');
    const name = rest.length === 0 ? NO_STACK : stack;
    const manifest = (rest.join('/') || file).replace(/(\.k8s)?\.(ya?ml|json)$/, '');
    const contents = stacks.get(name) ?? new Map<string, Content>();
    stacks.set(name, contents.set(manifest, readContent(join(folder, file))));
  }
  if (stacks.size === 0)
    throw new KeelsonError('The manifests', [
      { where: folder, message: 'holds no YAML or JSON file; write some with `keelson synth --out FOLDER`' },
    ]);
  return stacks;
}

function readContent(file: string): Content {
  const text = readFileSync(file, 'utf8');
  return { text: () => text, objects: once(() => parse(text, file)) };
}

function parse(text: string, file: string): KubeObject[] {
  const problem = (message: string) => new KeelsonError('The manifests', [{ where: file, message }]);
  let documents: unknown[];
  try {
    documents = loadAll(text);
  } catch (error) {
    throw problem(`is no YAML: ${error instanceof Error ? error.message : error}`);
  }
  return documents
    .filter((document) => document !== null && document !== undefined)
    .flatMap((document): readonly unknown[] =>
      isFields(document) && document.kind === 'List' ? listAt(document, 'items') : [document],
    )
    .map((document, index) => {
      if (isObject(document)) return document;
      throw problem(
        `document ${index + 1} is no object of Kubernetes: it needs apiVersion, kind and metadata.name`,
      );
    });
}

const isObject = (value: unknown): value is KubeObject =>
  isFields(value) &&
  typeof value.apiVersion === 'string' &&
  typeof value.kind === 'string' &&
  isFields(value.metadata) &&
  typeof value.metadata.name === 'string';

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
