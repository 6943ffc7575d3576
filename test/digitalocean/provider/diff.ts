import * as messages from '@pulumi/pulumi/proto/provider_pb';
import {
  type Change,
  findChanges,
  formatPath,
  isWithin,
  parsePath,
} from '../../../embedded/kubernetes-provider/changes.js';
import { at, type Properties } from '../../../embedded/kubernetes-provider/property-values.js';
import { effectOf } from '../../../lib/digitalocean/replacements.js';

const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
const KINDS = {
  add: [ADD, ADD_REPLACE],
  delete: [DELETE, DELETE_REPLACE],
  update: [UPDATE, UPDATE_REPLACE],
} as const;

/**
 * Compares inputs with inputs by the table of replacements.
 *
 * As the bridge does it, the old one goes first where both would have the same name.
 */
export function diffOf(
  type: string,
  before: Properties,
  after: Properties,
  ignored: readonly string[],
): messages.DiffResponse {
  if (type === 'Volume' && Number(after.size) < Number(before.size))
    throw new Error('volumes `size` can only be expanded and not shrunk');
  const paths = ignored.map(parsePath);
  const changes = findChanges(before, after).filter(
    ({ path }) => !paths.some((prefix) => isWithin(path, prefix)),
  );
  const replaces = ({ path }: Change) =>
    effectOf(type, formatPath(path), at(before, ...path), at(after, ...path)) === 'replace';
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse();
  const top = [...new Set(changes.map(({ path }) => String(path[0])))];
  response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(top);
  response.setReplacesList(changes.filter(replaces).map(({ path }) => formatPath(path)));
  response.setDeletebeforereplace(
    changes.some(replaces) && after.name !== undefined && before.name === after.name,
  );
  response.setHasdetaileddiff(true);
  for (const change of changes) {
    const detail = new messages.PropertyDiff();
    detail.setKind(KINDS[change.kind][replaces(change) ? 1 : 0]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(formatPath(change.path), detail);
  }
  return response;
}
