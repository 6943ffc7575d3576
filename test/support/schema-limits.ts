import type { Schema } from './schema-check.js';
import { type Check, report, shown } from './schema-problem.js';

/** The checks of a value's size and text; undefined where the schema sets no limit, as in most of them. */
export function limits(schema: Schema): Check | undefined {
  const checks = [
    oneOf(schema.enum),
    matching(schema.pattern),
    bounded('is', schema.minimum, schema.maximum, (value) => value as number),
    bounded('has the length', schema.minLength, schema.maxLength, (value) => (value as string).length),
    bounded('has the length', schema.minItems, schema.maxItems, (value) => (value as unknown[]).length),
  ].filter((check) => check !== undefined);
  if (checks.length === 0) return undefined;
  return (value, walk) => {
    for (const check of checks) check(value, walk);
  };
}

function oneOf(values: readonly unknown[] | undefined): Check | undefined {
  if (!values) return undefined;
  return (value, walk) => {
    if (!values.includes(value))
      report(walk, `${shown(value)} is not allowed; allowed are ${values.join(', ')}`);
  };
}

function matching(pattern: string | undefined): Check | undefined {
  if (pattern === undefined) return undefined;
  const expression = new RegExp(pattern, 'u');
  return (value, walk) => {
    if (!expression.test(String(value))) report(walk, `${shown(value)} does not match ${pattern}`);
  };
}

function bounded(
  verb: string,
  least: number | undefined,
  most: number | undefined,
  size: (value: unknown) => number,
): Check | undefined {
  if (least === undefined && most === undefined) return undefined;
  return (value, walk) => {
    const given = size(value);
    if (given < (least ?? given) || given > (most ?? given)) {
      report(walk, `${verb} ${given}; allowed is ${least ?? 'anything'} to ${most ?? 'anything'}`);
    }
  };
}
