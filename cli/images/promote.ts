import type { ImagesLock, LockedImage } from '../../lib/config/images.js';
import { didYouMean, KeelsonError, listed } from '../../lib/config/problem.js';
import { imageIn } from './lock-file.js';

/**
 * The images that one environment runs, for another one to run.
 *
 * @param services @default all that it runs
 * @throws KeelsonError for services that it does not run
 */
export function imagesToPromote(
  lock: ImagesLock,
  from: string,
  services: readonly string[],
): ReadonlyMap<string, LockedImage> {
  const running = new Map(
    Object.keys(lock).flatMap((service) => {
      const image = imageIn(lock, service, from);
      return image ? [[service, image] as const] : [];
    }),
  );
  const problem = (where: string, message: string) => ({ where, message });
  const unknown = services.filter((service) => !running.has(service));
  if (unknown.length > 0 || running.size === 0)
    throw new KeelsonError(
      'The promotion',
      running.size === 0
        ? [problem(from, 'has no image in images.lock.json')]
        : unknown.map((service) =>
            problem(
              service,
              `${from} does not run it${didYouMean(service, running.keys()) || ';'} it runs: ${listed(running.keys())}`,
            ),
          ),
    );
  return new Map([...running].filter(([service]) => services.length === 0 || services.includes(service)));
}
