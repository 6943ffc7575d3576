import { isProperties, type Path, type Value } from './property-values.js';

export interface Change {
  readonly path: Path;
  readonly kind: 'add' | 'delete' | 'update';
}

/** The leaves in which two values differ. Null counts as absent, as it does for the API server. */
export function findChanges(before: Value | undefined, after: Value | undefined, path: Path = []): Change[] {
  if (isProperties(before) && isProperties(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => findChanges(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longer = before.length > after.length ? before : after;
    return longer.flatMap((_, index) => findChanges(before[index], after[index], [...path, index]));
  }
  const [old, now] = [before ?? undefined, after ?? undefined];
  if (old === now) return [];
  return [{ path, kind: old === undefined ? 'add' : now === undefined ? 'delete' : 'update' }];
}

/** `spec.containers[0].env`, `metadata.annotations["keelson.dev/owner"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((so, step) => {
    if (typeof step === 'number') return `${so}[${step}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `${so}[${JSON.stringify(step)}]`;
    return so ? `${so}.${step}` : step;
  }, '');
}

/** Reads what `formatPath` writes, and `[*]`. */
export function parsePath(path: string): (string | number)[] {
  const steps = path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(\*)\]|([^.[\]]+)/g);
  return [...steps].map(([, quoted, index, star, plain]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/g, '$1');
    return index === undefined ? (star ?? plain ?? '') : Number(index);
  });
}

/** True where `path` is `prefix` or lies below it. */
export function isWithin(path: Path, prefix: Path): boolean {
  return prefix.every((step, index) => index < path.length && (step === '*' || step === path[index]));
}
