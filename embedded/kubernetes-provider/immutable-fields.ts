import { isDeepStrictEqual } from 'node:util';
import { groupOf, immutableFields } from '../../lib/kube/immutable-fields.js';
import { type Change, isWithin } from './changes.js';
import { at, type Path, type Properties, text } from './property-values.js';

export interface Mutability {
  /** Content of a ConfigMap changes in place. @default false: it replaces the ConfigMap, as in pulumi-kubernetes */
  readonly enableConfigMapMutable: boolean;
  /** Content of a Secret changes in place. @default false */
  readonly enableSecretMutable: boolean;
}

/** Which of these changes only a new object can have. */
export function replacingChanges(
  changes: readonly Change[],
  before: Properties,
  after: Properties,
  mutability: Mutability,
): readonly Change[] {
  const kind = `${groupOf(text(after, 'apiVersion'))}/${text(after, 'kind')}`;
  const { fields, except = [] } = immutableFields(kind);
  const immutable = ['metadata.name', 'kind', ...fields];
  const frozen = before.immutable === true;
  if (kind === '/ConfigMap' && (frozen || !mutability.enableConfigMapMutable)) {
    immutable.push('data', 'binaryData');
  }
  if (kind === '/Secret' && (frozen || !mutability.enableSecretMutable)) immutable.push('data', 'stringData');
  if (groupOf(text(before, 'apiVersion')) !== groupOf(text(after, 'apiVersion')))
    immutable.push('apiVersion');

  const toPath = (field: string): Path => field.split('.');
  const touches = (change: Change, field: Path) =>
    isWithin(change.path, field) ||
    (isWithin(field, change.path) && !isDeepStrictEqual(at(before, ...field), at(after, ...field)));
  return changes.filter(
    (change) =>
      immutable.some((field) => touches(change, toPath(field))) &&
      !except.some((field) => isWithin(change.path, toPath(field))),
  );
}
