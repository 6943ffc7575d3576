import type { Construct } from 'constructs';
import { unknownKey } from '../config/problem.js';

/** Every key of some props; the compiler refuses a list that lacks one or has one too many. */
export type KeysOf<Props> = Readonly<Record<keyof Props, true>>;

/**
 * A problem for every key that nobody reads. An application's types are stripped, not checked, before it runs: a
 * misspelt prop would do nothing, and say nothing.
 *
 * @param where path of the object, ending with a dot. @default the props themselves
 */
export const unknownKeys = (
  given: object,
  keys: Readonly<Record<string, unknown>>,
  where = '',
): readonly string[] =>
  Object.keys(given)
    .filter((key) => !Object.hasOwn(keys, key))
    .map((key) => `${where}${key}: ${unknownKey(key, Object.keys(keys))}`);

/** Makes unknown keys of its props a problem of the construct. */
export const allowKeys = ({ node }: Construct, props: object, keys: Readonly<Record<string, true>>): void =>
  node.addValidation({ validate: () => [...unknownKeys(props, keys)] });
