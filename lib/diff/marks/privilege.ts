import { groupOf } from '../../kube/immutable-fields.js';
import { goesAway, type Rule } from '../mark.js';
import { ADDED_PERMISSIONS, ADDED_SUBJECTS } from './permissions.js';
import { LEVEL_LOWERED, LOOSENED, TOKEN_MOUNTED } from './pod-security.js';

/** What somebody or something may do that it could not do before. */
export const PRIVILEGE: readonly Rule[] = [
  ADDED_PERMISSIONS,
  ADDED_SUBJECTS,
  LOOSENED,
  TOKEN_MOUNTED,
  LEVEL_LOWERED,

  (change) => {
    const { before, action } = change;
    if (!before || !goesAway(change) || action === 'rename') return [];
    return groupOf(before.apiVersion) === 'admissionregistration.k8s.io' &&
      before.kind.startsWith('Validating')
      ? ['what it checks is admitted unchecked']
      : [];
  },
];
