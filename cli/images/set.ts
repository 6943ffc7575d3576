import type { ImagesLock, LockedImage } from '../../lib/config/images.js';
import { didYouMean, KeelsonError, listed } from '../../lib/config/problem.js';
import { gathered } from './gathered.js';
import { newestVersion } from './latest.js';
import { imageIn } from './lock-file.js';
import type { ImagesProject } from './project.js';
import type { Registries } from './registry/registry.js';

/** Questions that a registry is asked at once. */
const REQUESTS = 16;

interface Choice {
  /** @default those that the environment runs, and those that no environment has yet */
  readonly services: readonly string[];
  /** @default the newest version of each */
  readonly tag?: string | undefined;
  /** Whether the newest may be a prerelease. */
  readonly withPrereleases: boolean;
}

/**
 * The newest published images of some services, with their digests.
 *
 * @throws KeelsonError with every service that has none
 */
export async function publishedImages(
  project: Pick<ImagesProject, 'lock' | 'definition'>,
  environment: string,
  registries: Registries,
  { services, tag, withPrereleases }: Choice,
): Promise<ReadonlyMap<string, LockedImage>> {
  const repositories = repositoriesOf(project, environment, services);
  const images = await gathered('The registry', repositories, REQUESTS, async ({ service, repository }) => {
    const problem = (message: string) => new KeelsonError('The registry', [{ where: repository, message }]);
    const wanted = tag ?? newestVersion(await registries.tags(repository), withPrereleases);
    if (wanted === undefined)
      throw problem(
        `has no published version such as 1.4.2${withPrereleases ? '' : ' (--prerelease takes one such as 1.5.0-rc.1 too)'}; publish one, or name a --tag`,
      );
    const digest = await registries.digestOf(repository, wanted);
    if (digest === undefined) throw problem(`has no tag ${wanted}`);
    return [service, { repository, tag: wanted, digest }] as const;
  });
  return new Map(images);
}

interface Source {
  readonly service: string;
  readonly repository: string;
}

/** Where the images of services are published: what their build says, else what the lock file has for them. */
function repositoriesOf(
  { lock, definition: { name, builds } }: Pick<ImagesProject, 'lock' | 'definition'>,
  environment: string,
  services: readonly string[],
): Source[] {
  const known = [...new Set([...Object.keys(lock), ...Object.keys(builds)])];
  const chosen =
    services.length > 0
      ? [...new Set(services)]
      : known.filter((service) => isRun(lock, service, environment));
  const found = chosen.map((service) => ({
    service,
    repository:
      (Object.hasOwn(builds, service) ? builds[service]?.repository : undefined) ??
      imageIn(lock, service, environment)?.repository ??
      Object.values((Object.hasOwn(lock, service) ? lock[service] : undefined) ?? {})[0]?.repository,
  }));
  const unknown = found.filter(({ repository }) => repository === undefined);
  const problems = unknown.map(({ service }) => ({
    where: service,
    message: `neither images.lock.json nor builds names it${didYouMean(service, known) || ';'} allowed: ${listed(known)}`,
  }));
  if (chosen.length === 0)
    problems.push({ where: environment, message: 'has no image in images.lock.json; name the services' });
  if (problems.length > 0) throw new KeelsonError(`Application "${name}"`, problems);
  return found.flatMap(({ service, repository }) =>
    repository === undefined ? [] : [{ service, repository }],
  );
}

const isRun = (lock: ImagesLock, service: string, environment: string): boolean =>
  imageIn(lock, service, environment) !== undefined || !Object.hasOwn(lock, service);
