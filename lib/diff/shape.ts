import { completed } from './defaults.js';
import { exactQuantity } from './exact-quantity.js';
import { type FieldType, fieldType } from './field-types.js';
import { canonical, type Fields, isFields } from './json.js';
import { isUnordered } from './unordered.js';

/** What is known of the place where a value stands. */
export interface Shape extends FieldType {
  /** The order of the list means nothing, though it is no set. */
  readonly unordered?: boolean;
}

/** The shape of an item of a list, or of a value of a map. */
export const itemShape = ({ type }: Shape): Shape => (type === undefined ? {} : { type });

/** The fields of a value, completed, and the shape of each. */
export function fieldsOf(value: Fields, shape: Shape): { fields: Fields; shapeOf: (field: string) => Shape } {
  if (shape.map) return { fields: value, shapeOf: () => itemShape(shape) };
  return {
    fields: completed(shape.type, value),
    shapeOf: (field) => ({
      ...fieldType(shape.type, field),
      ...(isUnordered(shape.type, field) && { unordered: true }),
    }),
  };
}

/** What identifies an item of a list with merge keys; undefined where it lacks one. */
export function keyOf(item: unknown, shape: Shape): string | undefined {
  if (!isFields(item) || !shape.keys) return undefined;
  const { fields } = fieldsOf(item, itemShape(shape));
  const values = shape.keys.map((key) => fields[key]);
  return values.some((value) => value === undefined || isFields(value)) ? undefined : values.join('/');
}

/** The same text for values that mean the same. */
export function normalized(value: unknown, shape: Shape): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalized(item, itemShape(shape)));
    return `[${(shape.set || shape.unordered ? items.sort() : items).join()}]`;
  }
  if (isFields(value)) {
    const { fields, shapeOf } = fieldsOf(value, shape);
    const names = Object.keys(fields).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${normalized(fields[name], shapeOf(name))}`).join()}}`;
  }
  const quantity = shape.type === 'quantity' ? exactQuantity(value) : undefined;
  return quantity === undefined ? canonical(value) : `${quantity}`;
}
