import { isProperties, type Properties, type Value } from './property-values.js';

/** The keys and values by which the plugin protocol marks a secret, and the values that stand for an unknown. */
const signature = '4dabf18193072939515e22adb298388d';
const secretMark = '1b47061264138c4ac30d75fd1eb44270';
const unknowns = new Set([
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);

function isSecret(value: Value | undefined): value is { [signature]: string; value: Value } {
  return isProperties(value) && value[signature] === secretMark;
}

function wrap(value: Value): Value {
  return isSecret(value) ? value : { [signature]: secretMark, value };
}

/** True where the test holds for the value or for any value below it. */
function some(value: Value | undefined, test: (value: Value | undefined) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  return isProperties(value) && Object.values(value).some((item) => some(item, test));
}

/** The value with every secret in clear: what the API server gets. */
export function reveal(value: Value): Value {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isProperties(value)) return revealProperties(value);
  return value;
}

export function revealProperties(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, reveal(value)]));
}

export function hasUnknown(value: Value): boolean {
  return some(value, (item) => typeof item === 'string' && unknowns.has(item));
}

/** Marks what is secret in `source` at the same place in `value`; a list with one secret is secret as a whole. */
function markLike(value: Value, source: Value | undefined): Value {
  if (isSecret(source)) return wrap(value);
  if (isProperties(value) && isProperties(source)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, markLike(item, source[key])]));
  }
  return some(source, isSecret) ? wrap(value) : value;
}

/**
 * The object with its secrets marked: what was secret in `source`, and always the content of a `Secret`
 * (also the copy that `kubectl apply` leaves in an annotation).
 */
export function markSecrets(object: Properties, source: Properties): Properties {
  const marked: Properties = {};
  for (const [key, value] of Object.entries(object)) marked[key] = markLike(value, source[key]);
  if (object.kind !== 'Secret') return marked;
  for (const key of ['data', 'stringData']) {
    const content = marked[key];
    if (content !== undefined) marked[key] = wrap(reveal(content));
  }
  const metadata = marked.metadata;
  const annotations = isProperties(metadata) ? metadata.annotations : undefined;
  const copy = 'kubectl.kubernetes.io/last-applied-configuration';
  if (isProperties(metadata) && isProperties(annotations) && annotations[copy] !== undefined) {
    marked.metadata = { ...metadata, annotations: { ...annotations, [copy]: wrap(annotations[copy]) } };
  }
  return marked;
}

function leaves(value: Value): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isProperties(value) ? Object.values(value).flatMap(leaves) : [];
}

function secretTexts(value: Value): string[] {
  if (isSecret(value)) return leaves(reveal(value));
  if (Array.isArray(value)) return value.flatMap(secretTexts);
  return isProperties(value) ? Object.values(value).flatMap(secretTexts) : [];
}

/** Replaces the secrets of these inputs, plain or in base64, in any message: the API server quotes what it refuses. */
export function redactor(inputs: Properties): (message: string) => string {
  const texts = new Set<string>();
  for (const secret of secretTexts(markSecrets(inputs, inputs))) {
    for (const form of [
      secret,
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret, 'base64').toString(),
    ]) {
      if (form.length >= 4) texts.add(form);
    }
  }
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return (message) => longestFirst.reduce((so, secret) => so.replaceAll(secret, '[secret]'), message);
}
