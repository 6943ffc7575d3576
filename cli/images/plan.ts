import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildSettings } from '../../lib/config/build.js';
import { didYouMean, KeelsonError, listed, type Problem } from '../../lib/config/problem.js';
import { workFolder } from '../project.js';
import type { ImagesProject } from './project.js';
import { isVersion, versionOf } from './version-file.js';

/** One image that is to be built or published. */
export interface PlannedImage extends BuildSettings {
  readonly service: string;
  readonly tag: string;
  /** What the tag stands for may change: it names no version, but a person or a branch. */
  readonly isMovable: boolean;
  /** Where the built image lies, as an OCI layout. */
  readonly layout: string;
}

/**
 * The images of some services, or of all that are built here, with their tags.
 *
 * @param tag of all of them @default each one's version, from its file
 * @throws KeelsonError with everything that is in the way
 */
export function planImages(
  { definition, folder, root }: Pick<ImagesProject, 'definition' | 'folder' | 'root'>,
  services: readonly string[],
  tag?: string,
): PlannedImage[] {
  const builds = new Map(Object.entries(definition.builds));
  const names = services.length > 0 ? [...new Set(services)] : [...builds.keys()];
  const problems: Problem[] = [
    ...(names.length === 0 ? [{ where: 'builds', message: NONE }] : []),
    ...(tag === 'latest' ? [{ where: '--tag', message: '"latest" names no version; give another tag' }] : []),
    ...(tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)
      ? [{ where: '--tag', message: `${JSON.stringify(tag)} is no tag` }]
      : []),
  ];
  const planned = names.flatMap((service) => {
    const build = builds.get(service);
    if (!build) {
      const hint = didYouMean(service, builds.keys()) || ';';
      const message = `the application does not say how it is built${hint} builds has: ${listed(builds.keys())}`;
      problems.push({ where: service, message });
      return [];
    }
    problems.push(...missingFiles(service, build, folder));
    try {
      const its = tag ?? versionOf(service, build, folder);
      const layout = join(workFolder(root), 'images', service, its);
      return [{ ...build, service, tag: its, isMovable: !isVersion(its), layout }];
    } catch (error) {
      if (!(error instanceof KeelsonError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new KeelsonError(`Application "${definition.name}"`, problems);
  return planned;
}

const NONE = `says of no image how it is built; add, for example, builds: { web: { repository: 'registry.example.com/shop/web', context: 'web' } }`;

export const dockerfileOf = ({ context, dockerfile }: BuildSettings, folder: string): string =>
  dockerfile === undefined ? join(folder, context, 'Dockerfile') : join(folder, dockerfile);

function missingFiles(service: string, build: BuildSettings, folder: string): Problem[] {
  const where = `builds.${service}`;
  const context = join(folder, build.context);
  if (!existsSync(context)) return [{ where, message: `there is no folder ${context}` }];
  const file = dockerfileOf(build, folder);
  return existsSync(file)
    ? []
    : [{ where, message: `there is no ${file}; write it, or name it in dockerfile` }];
}
