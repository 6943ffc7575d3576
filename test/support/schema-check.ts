import { limits } from './schema-limits.js';
import { type Check, report, shown, type Walk } from './schema-problem.js';

/** The keywords that structural schemas of Kubernetes use. */
export interface Schema {
  readonly $ref?: string;
  /** JSON's types, and `string or number`: a quantity, which the API server reads from either. */
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

type Definitions = Readonly<Record<string, Schema>>;

/** Makes a function that says what is wrong with a value, as `path: problem`. */
export function compileSchema(schema: Schema, definitions: Definitions): (value: unknown) => string[] {
  const check = new Compiler(definitions).compile(schema);
  return (value) => {
    const walk: Walk = { path: [], problems: [] };
    check(value, walk);
    return walk.problems;
  };
}

/** Schemas become closures once, because thousands of objects are checked against a few of them. */
class Compiler {
  /** Per name, and made before what it refers to: definitions may contain themselves. */
  private readonly named = new Map<string, Check>();

  constructor(private readonly definitions: Definitions) {}

  compile(schema: Schema): Check {
    if (schema.$ref !== undefined) return this.reference(schema.$ref);
    const check = this.byType(schema);
    return (value, walk) => {
      if (value !== null) check(value, walk);
      else if (!schema.nullable) report(walk, 'is null; leave the field out');
    };
  }

  private reference(name: string): Check {
    const known = this.named.get(name);
    if (known) return known;
    const schema = this.definitions[name];
    if (!schema) throw new Error(`the schema refers to "${name}", which is not in it; run \`make generate\``);
    let check: Check | undefined;
    const later: Check = (value, walk) => {
      check ??= this.compile(schema);
      check(value, walk);
    };
    this.named.set(name, later);
    return later;
  }

  private byType(schema: Schema): Check {
    const within = limits(schema);
    if (schema['x-kubernetes-int-or-string'])
      return typed('a string or a whole number', isIntOrString, within);
    switch (schema.type) {
      case 'object':
        return typed('an object', isObject, this.fields(schema));
      case 'array':
        return typed('a list', Array.isArray, this.elements(schema, within));
      case 'string':
        return typed('a string', (value) => typeof value === 'string', within);
      case 'string or number':
        return typed(schema.type, (value) => typeof value === 'string' || Number.isFinite(value), within);
      case 'integer':
        return typed('a whole number', Number.isSafeInteger, within);
      case 'number':
        return typed('a number', Number.isFinite, within);
      case 'boolean':
        return typed('true or false', (value) => typeof value === 'boolean', within);
      default:
        return () => {};
    }
  }

  private fields(schema: Schema): Check {
    const known = new Map(
      Object.entries(schema.properties ?? {}).map(([name, field]) => [name, this.compile(field)]),
    );
    const others = this.others(schema);
    const required = schema.required ?? [];
    return (value, walk) => {
      const fields = value as Record<string, unknown>;
      for (const name of required) {
        if (fields[name] === undefined) report(walk, `"${name}" is missing`);
      }
      for (const name in fields) {
        const field = fields[name];
        if (field === undefined) continue;
        walk.path.push(name);
        (known.get(name) ?? others)(field, walk);
        walk.path.pop();
      }
    };
  }

  /** What holds for fields that no property names. */
  private others({ additionalProperties, properties, ...schema }: Schema): Check {
    if (typeof additionalProperties === 'object') return this.compile(additionalProperties);
    if (additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields']) return () => {};
    const allowed = properties ? `; allowed are ${Object.keys(properties).join(', ')}` : '';
    return (_, walk) => report(walk, `unknown field${allowed}`);
  }

  private elements({ items = {} }: Schema, within: Check | undefined): Check {
    const check = this.compile(items);
    return (value, walk) => {
      within?.(value, walk);
      const elements = value as unknown[];
      for (let index = 0; index < elements.length; index++) {
        walk.path.push(index);
        check(elements[index], walk);
        walk.path.pop();
      }
    };
  }
}

const isIntOrString = (value: unknown): boolean => typeof value === 'string' || Number.isSafeInteger(value);
const isObject = (value: unknown): boolean => typeof value === 'object' && !Array.isArray(value);

const typed =
  (expected: string, isTyped: (value: unknown) => boolean, check: Check | undefined): Check =>
  (value, walk) => {
    if (isTyped(value)) check?.(value, walk);
    else report(walk, `is ${shown(value)}; ${expected} is expected`);
  };
