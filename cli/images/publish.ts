import { KeelsonError } from '../../lib/config/problem.js';
import type { Report } from '../../lib/progress.js';
import { gathered } from './gathered.js';
import { Layout } from './layout.js';
import type { PlannedImage } from './plan.js';
import { pushImage } from './push.js';
import type { Registries } from './registry/registry.js';

/** Images that are sent at once. */
const IMAGES = 4;

export interface Published extends PlannedImage {
  readonly digest: string;
}

/**
 * Sends built images to their registries. A version that is published stays what it is: its tag is never moved.
 *
 * @throws KeelsonError with every image that could not be published
 */
export const publishImages = (
  registries: Registries,
  images: readonly PlannedImage[],
  report: Report,
): Promise<Published[]> =>
  gathered('The publication', images, IMAGES, async (image) => {
    const { service, tag, repository, isMovable } = image;
    const layout = new Layout(image.layout);
    const { digest: built } = layout.image.descriptor;
    const there = await registries.digestOf(repository, tag);
    if (there === built) {
      report(`${service} ${tag}: published already, ${there}`);
      return { ...image, digest: there };
    }
    if (there !== undefined && !isMovable)
      throw new KeelsonError('The publication', [
        {
          where: `${repository}:${tag}`,
          message: `is published already as ${there}, and what was built is ${built}; raise the version of ${service} and build it again`,
        },
      ]);
    const { digest, bytes } = await pushImage(registries, layout, repository, tag);
    report(`${service} ${tag}: published, ${digest} (${sizeText(bytes)} sent)`);
    return { ...image, digest };
  });

/** Which of these versions are published already; a tag that may move is never taken for it. */
export const publishedAlready = async (
  registries: Registries,
  images: readonly PlannedImage[],
): Promise<Published[]> => {
  const versions = images.filter(({ isMovable }) => !isMovable);
  const found = await gathered('The registry', versions, 16, async (image) => {
    const digest = await registries.digestOf(image.repository, image.tag);
    return digest === undefined ? [] : [{ ...image, digest }];
  });
  return found.flat();
};

/** `12.3 MiB`. */
const sizeText = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
