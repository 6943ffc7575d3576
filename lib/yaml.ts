import { dump } from 'js-yaml';
import type { KubeObject } from './kube/object.js';

const FORMAT = { noRefs: true, lineWidth: -1 } as const;

/**
 * Kubernetes' YAML: documents separated by `---`, no aliases, no folded lines.
 *
 * The bytes are those of js-yaml's `dump`. That decides anew how to write each of the few names and values that
 * manifests repeat thousands of times, and takes half of a synthesis for it; here it is asked once for all of them.
 */
export function toYaml(objects: readonly KubeObject[]): string {
  const words = new Words();
  const simple = objects.map((object) => words.collect(object));
  const layout = new Layout(words);
  return objects
    .map((object, index) => (simple[index] ? layout.block(object, '') : dump(object, FORMAT)))
    .join('---\n');
}

/** The names and values of objects, each once. */
class Words {
  readonly names = new Set<string>();
  readonly values = new Set<unknown>();

  /** Whether every name and value fits on its line, so that mappings and sequences are all there is to lay out. */
  collect(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((item) => this.collect(item));
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).every(([name, field]) => this.addName(name) && this.collect(field));
    return this.addValue(value);
  }

  private addName(name: string): boolean {
    return /^[\w./-]{1,200}$/.test(name) && this.names.add(name).has(name);
  }

  private addValue(value: unknown): boolean {
    const fits =
      typeof value === 'string'
        ? value.length <= 200 && !value.includes('\n')
        : typeof value === 'boolean' || (typeof value === 'number' && !Object.is(value, -0));
    return fits && this.values.add(value).has(value);
  }
}

class Layout {
  private readonly names: ReadonlyMap<unknown, string>;
  private readonly values: ReadonlyMap<unknown, string>;

  constructor({ names, values }: Words) {
    this.names = written(names, (name) => ({ [name]: 0 }), ': 0');
    this.values = written(values, (value) => value, '');
  }

  /** The lines of a mapping or a sequence, each behind `pad`. */
  block(value: object, pad: string): string {
    let text = '';
    if (Array.isArray(value))
      for (const item of value)
        text += isFilled(item)
          ? `${pad}- ${this.block(item, `${pad}  `).slice(pad.length + 2)}`
          : `${pad}- ${this.line(item)}\n`;
    else
      for (const [name, field] of Object.entries(value))
        text += isFilled(field)
          ? `${pad}${this.names.get(name)}:\n${this.block(field, `${pad}  `)}`
          : `${pad}${this.names.get(name)}: ${this.line(field)}\n`;
    return text;
  }

  private line(value: unknown): string | undefined {
    if (typeof value !== 'object') return this.values.get(value);
    return Array.isArray(value) ? '[]' : '{}';
  }
}

/** How js-yaml writes each of them. */
function written<T>(words: ReadonlySet<T>, item: (word: T) => unknown, ending: string): Map<unknown, string> {
  const lines = dump([...words].map(item), FORMAT).split('\n');
  return new Map(
    [...words].map((word, index) => [word, (lines[index] ?? '').slice(2, -ending.length || undefined)]),
  );
}

/** A mapping or a sequence with something in it. */
const isFilled = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;
