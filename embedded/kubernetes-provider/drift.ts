import { isDeepStrictEqual } from 'node:util';
import { at, isProperties, type Properties, text, type Value } from './property-values.js';
import { withoutServerFields } from './resource-token.js';

/**
 * The inputs as the cluster has them now: a field keeps the value that was asked for unless the live one moved since
 * it was last applied. Comparing live with live leaves defaults and the server's own spelling (`1000m` as `1`) out.
 */
export function inputsFromLive(inputs: Properties, before: Properties, now: Properties): Properties {
  const result = drift(inputs, withStringData(before), withStringData(now));
  return isProperties(result) ? result : inputs;
}

/** What a first read (`pulumi import`) takes for inputs: all that is not the server's. */
export function inputsFromForeign(live: Properties): Properties {
  const { status: _, ...inputs } = withoutServerFields(live);
  return inputs;
}

function drift(input: Value, before: Value | undefined, now: Value | undefined): Value | undefined {
  if (isDeepStrictEqual(before, now)) return input;
  if (isProperties(input) && isProperties(now)) {
    const kept: Properties = {};
    for (const [key, value] of Object.entries(input)) {
      const current = drift(value, at(before, key), now[key]);
      if (current !== undefined) kept[key] = current;
    }
    return kept;
  }
  if (Array.isArray(input) && Array.isArray(now) && Array.isArray(before))
    return driftOfList(input, before, now);
  return now;
}

/** Items are paired by name where all have one, else by place where the length stayed. */
function driftOfList(input: Value[], before: Value[], now: Value[]): Value[] {
  const all = [...input, ...before, ...now];
  if (all.every((item) => text(item, 'name') !== '')) {
    const named = (items: Value[], name: string) => items.find((item) => text(item, 'name') === name);
    const kept = input.map((item) =>
      drift(item, named(before, text(item, 'name')), named(now, text(item, 'name'))),
    );
    const added = now.filter((item) => named(before, text(item, 'name')) === undefined);
    return [...kept.filter((item) => item !== undefined), ...added];
  }
  if (input.length !== now.length || before.length !== now.length) return now;
  return input.map((item, index) => drift(item, before[index], now[index]) ?? null);
}

/** A Secret's `stringData` is never read back: show its `data` in that form, too. */
function withStringData(object: Properties): Properties {
  const data = object.data;
  if (object.kind !== 'Secret' || !isProperties(data)) return object;
  const plain = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(String(value), 'base64').toString(),
  ]);
  return { ...object, stringData: Object.fromEntries(plain) };
}
