import type { LockedImage } from '../../lib/config/images.js';
import { count } from '../summary.js';
import type { CheckedImage, Finding } from './check.js';
import type { LockChange } from './lock-file.js';

/** What changed in the lock file, one line a service. */
export function changeLines(environment: string, changes: readonly LockChange[], file: string): string[] {
  if (changes.length === 0) return [`${environment} has these images already; nothing changed`];
  const width = Math.max(...changes.map(({ service }) => service.length));
  return [
    ...changes.map(
      ({ service, before, after }) =>
        `${service.padEnd(width)}  ${before ? `${shown(before, after)} → ` : ''}${shown(after, before)}`,
    ),
    `${count(changes.length, 'image')} of ${environment} in ${file}`,
  ];
}

/** As short as tells one image from the other. */
function shown(image: LockedImage, other: LockedImage | undefined): string {
  const { repository, tag, digest } = image;
  const isMoved = other !== undefined && other.repository !== repository;
  const isSameTag = other === undefined || other.tag === tag || tag === undefined;
  return [
    isMoved ? repository : '',
    tag === undefined ? '' : `${isMoved ? ':' : ''}${tag}`,
    isSameTag && digest !== undefined ? `@${shortDigest(digest)}` : '',
  ].join('');
}

const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

/** What is not as locked, one line for all places with the same reason; then how many images are. */
export function checkLines(checked: readonly CheckedImage[]): string[] {
  const places = new Map<string, string[]>();
  for (const { service, environment, image, findings } of checked)
    for (const finding of findings) {
      const text = findingText(finding, image);
      places.set(text, [...(places.get(text) ?? []), `${environment}/${service}`]);
    }
  const asLocked = checked.filter(({ findings }) => findings.length === 0).length;
  const environments = new Set(checked.map(({ environment }) => environment)).size;
  return [
    ...[...places].map(([text, names]) => `${namesText(names)}: ${text}`),
    `${count(checked.length, 'image')} in ${count(environments, 'environment')}: ${asLocked} as locked`,
  ];
}

function findingText(finding: Finding, { repository, tag }: LockedImage): string {
  switch (finding.kind) {
    case 'missing':
      return `MISSING: ${repository} has no ${finding.what}; pods could not be started`;
    case 'moved':
      return `MOVED: ${repository}:${tag} is ${shortDigest(finding.digest)} now; what is locked is still there`;
    case 'outdated':
      return `OUTDATED: ${repository} has ${finding.tag}, ${tag} is locked`;
    case 'unknown':
      return `UNKNOWN: ${finding.message}`;
  }
}

/** Names that a line has room for. */
const NAMES = 4;

const namesText = (names: readonly string[]): string =>
  names.length <= NAMES
    ? names.join(', ')
    : `${names.slice(0, NAMES - 1).join(', ')} and ${names.length - NAMES + 1} more`;
