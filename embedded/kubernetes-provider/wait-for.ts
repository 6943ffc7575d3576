import { isProperties, type Properties, pulumiAnnotation, text, type Value } from './property-values.js';
import { condition, type Progress } from './readiness.js';

type Step = (values: readonly Value[]) => Value[];

const children = (value: Value): Value[] =>
  Array.isArray(value) ? value : isProperties(value) ? Object.values(value) : [];

function child(value: Value, key: string): Value[] {
  const found = isProperties(value) ? value[key] : undefined;
  return found === undefined ? [] : [found];
}

function parseJsonPath(expression: string): Step[] {
  const steps: Step[] = [];
  const part =
    /\.([A-Za-z_][\w-]*)|\[["']([^"']+)["']\]|\[(\d+)\]|(\.\*|\[\*\])|\[\?\(\s*@\.([\w.-]+)\s*==\s*["']([^"']*)["']\s*\)\]/y;
  while (part.lastIndex < expression.length) {
    const at = part.lastIndex;
    const match = part.exec(expression);
    if (!match) {
      throw new Error(
        `pulumi.com/waitFor: cannot read "${expression.slice(at)}" in jsonpath={${expression}}. ` +
          'Allowed: .field ["field"] [0] [*] [?(@.type=="Ready")].',
      );
    }
    const [, plain, quoted, index, star, filterBy, equals] = match;
    const key = plain ?? quoted;
    if (key !== undefined) steps.push((values) => values.flatMap((value) => child(value, key)));
    else if (index !== undefined)
      steps.push((values) => values.flatMap((value) => children(value).slice(+index, +index + 1)));
    else if (star !== undefined) steps.push((values) => values.flatMap(children));
    else {
      const path = (filterBy ?? '').split('.');
      steps.push((values) => values.flatMap(children).filter((value) => text(value, ...path) === equals));
    }
  }
  return steps;
}

/** `jsonpath={.status.phase}=Running`, `jsonpath={.status.addresses[0]}`, `condition=Ready`, `condition=Ready=False`. */
function parseExpression(expression: string): (live: Properties) => Progress {
  const [, path, wanted] = /^jsonpath=\{(.*)\}(?:=(.*))?$/.exec(expression) ?? [];
  if (path !== undefined) {
    const steps = parseJsonPath(path);
    return (live) => {
      const found = steps.reduce<Value[]>((values, step) => step(values), [live]);
      const good = wanted === undefined ? found.length > 0 : found.some((value) => String(value) === wanted);
      return good || { message: `${expression} does not hold` };
    };
  }
  const [, type, status = 'True'] = /^condition=([^=]+)(?:=(.+))?$/.exec(expression) ?? [];
  if (type === undefined) {
    throw new Error(
      `pulumi.com/waitFor: "${expression}" is neither jsonpath={.path}[=value] nor condition=Type[=Status].`,
    );
  }
  return (live) =>
    text(condition(live, type), 'status').toLowerCase() === status.toLowerCase() || {
      message: `${expression} does not hold`,
    };
}

/**
 * What the annotation `pulumi.com/waitFor` asks to wait for: one expression, or a JSON list of which all must hold.
 * @throws where an expression cannot be read
 */
export function waitForAnnotation(object: Properties): ((live: Properties) => Progress) | undefined {
  const annotation = pulumiAnnotation(object, 'waitFor');
  if (!annotation) return undefined;
  const expressions: string[] = annotation.trimStart().startsWith('[')
    ? JSON.parse(annotation)
    : [annotation];
  const checks = expressions.map(parseExpression);
  return (live) => checks.map((check) => check(live)).find((progress) => progress !== true) ?? true;
}
