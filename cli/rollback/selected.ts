import type { ImagesLock, LockedImage } from '../../lib/config/images.js';
import { imageIn, isSame } from '../images/lock-file.js';

/** What is taken back: one service of an environment, or all of them. */
export interface Selected {
  readonly environment: string;
  readonly service?: string | undefined;
}

/** As commits name it: `production` or `production/web`. */
export const nameOf = ({ environment, service }: Selected): string =>
  service === undefined ? environment : `${environment}/${service}`;

/** Service → image, of what is selected. */
export const imagesOf = (lock: ImagesLock, { environment, service }: Selected): Map<string, LockedImage> =>
  new Map(
    Object.keys(lock).flatMap((name) => {
      const image = imageIn(lock, name, environment);
      return image && (service === undefined || name === service) ? [[name, image] as const] : [];
    }),
  );

export const areSame = (
  one: ReadonlyMap<string, LockedImage>,
  other: ReadonlyMap<string, LockedImage>,
): boolean =>
  one.size === other.size &&
  [...one].every(([service, image]) => {
    const theirs = other.get(service);
    return theirs !== undefined && isSame(image, theirs);
  });

/** A lock file with what is selected as in another one; everything else as it is. */
export function withImagesOf(lock: ImagesLock, other: ImagesLock, selected: Selected): ImagesLock {
  const { environment, service } = selected;
  const wanted = imagesOf(other, selected);
  const services = [...new Set([...Object.keys(lock), ...wanted.keys()])];
  return Object.fromEntries(
    services.map((name) => {
      const images = Object.entries((Object.hasOwn(lock, name) && lock[name]) || {});
      if (service !== undefined && name !== service) return [name, Object.fromEntries(images)];
      const image = wanted.get(name);
      const isThere = images.some(([key]) => key === environment);
      const kept = images.flatMap(([key, one]) =>
        key !== environment ? [[key, one] as const] : image ? [[key, image] as const] : [],
      );
      return [name, Object.fromEntries(image && !isThere ? [...kept, [environment, image] as const] : kept)];
    }),
  );
}
