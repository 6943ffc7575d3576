import { type ImagesLock, imageReference, type LockedImage } from '../../lib/config/images.js';
import { didYouMean, KeelsonError, listed } from '../../lib/config/problem.js';
import { inParallel } from '../in-parallel.js';
import { newestVersion } from './latest.js';
import type { Registries } from './registry/registry.js';

/** Questions that registries are asked at once. */
const REQUESTS = 16;

/** What is not as the lock file says. */
export type Finding =
  /** The registry has no such tag or digest: pods could not be started. */
  | { readonly kind: 'missing'; readonly what: string }
  /** The tag stands for another image than the locked digest, which is still there. */
  | { readonly kind: 'moved'; readonly digest: string }
  /** A newer version is published. */
  | { readonly kind: 'outdated'; readonly tag: string }
  /** It could not be found out. */
  | { readonly kind: 'unknown'; readonly message: string };

export interface CheckedImage {
  readonly service: string;
  readonly environment: string;
  readonly image: LockedImage;
  /** None where all is as locked. */
  readonly findings: readonly Finding[];
}

export interface CheckOptions {
  readonly environments: readonly string[];
  /** Whether a newer version is looked for. */
  readonly latest: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Asks the registries for every image of the lock file, each once, whatever the number of its environments. */
export async function checkImages(
  lock: ImagesLock,
  registries: Registries,
  { environments, latest, onProgress }: CheckOptions,
): Promise<CheckedImage[]> {
  const places = placesIn(lock).filter(({ environment }) => environments.includes(environment));
  const images = new Map(places.map(({ image }) => [imageReference(image), image]));
  let done = 0;
  const findings = await inParallel([...images], REQUESTS, async ([reference, image]) => {
    const found = await findingsOf(image, registries, latest);
    onProgress?.(++done, images.size);
    return [reference, found] as const;
  });
  const byReference = new Map(findings);
  return places.map((place) => ({ ...place, findings: byReference.get(imageReference(place.image)) ?? [] }));
}

async function findingsOf(image: LockedImage, registries: Registries, latest: boolean): Promise<Finding[]> {
  try {
    const found = await stateOf(image, registries);
    const newer = latest ? await newerThan(image, registries) : undefined;
    return [...found, ...(newer === undefined ? [] : [{ kind: 'outdated' as const, tag: newer }])];
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error;
    return [{ kind: 'unknown', message: error.problems.map(({ message }) => message).join('; ') }];
  }
}

async function stateOf({ repository, tag, digest }: LockedImage, registries: Registries): Promise<Finding[]> {
  const tagged = tag === undefined ? undefined : await registries.digestOf(repository, tag);
  if (digest === undefined)
    return tag === undefined || tagged !== undefined ? [] : [{ kind: 'missing', what: tag }];
  if (tagged === digest) return [];
  if ((await registries.digestOf(repository, digest)) === undefined)
    return [{ kind: 'missing', what: digest }];
  return tagged === undefined ? [] : [{ kind: 'moved', digest: tagged }];
}

async function newerThan(
  { repository, tag }: LockedImage,
  registries: Registries,
): Promise<string | undefined> {
  const tags = await registries.tags(repository);
  const newest = newestVersion(tags, false);
  return tag === undefined || newest === undefined || newestVersion([tag, newest], true) === tag
    ? undefined
    : newest;
}

/** Every entry of a lock file. */
const placesIn = (lock: ImagesLock): Omit<CheckedImage, 'findings'>[] =>
  Object.entries(lock).flatMap(([service, images]) =>
    Object.entries(images).map(([environment, image]) => ({ service, environment, image })),
  );

/**
 * Entries of environments that the application does not have, which nothing would ever read.
 *
 * @throws KeelsonError with all of them
 */
export function checkNames(lock: ImagesLock, environments: readonly string[]): void {
  const strangers = placesIn(lock).filter(({ environment }) => !environments.includes(environment));
  if (strangers.length > 0)
    throw new KeelsonError(
      'images.lock.json',
      strangers.map(({ service, environment }) => ({
        where: `${service}.${environment}`,
        message: `there is no such environment${didYouMean(environment, environments) || ';'} allowed: ${listed(environments)}`,
      })),
    );
}
