import { relative } from 'node:path';
import { ignoringFolder, workFolder } from '../project.js';
import { reportToStderr } from '../target.js';
import { buildImages } from './build.js';
import { checkImages, checkNames, type Finding } from './check.js';
import { changeLines, checkLines } from './lines.js';
import { changeLock } from './lock-file.js';
import { planImages } from './plan.js';
import { environmentNamed, environmentsNamed, type ImagesProject, openProject } from './project.js';
import { imagesToPromote } from './promote.js';
import { publishedAlready, publishImages } from './publish.js';
import { Registries } from './registry/registry.js';
import { viaOf } from './registry/via.js';
import { publishedImages } from './set.js';

interface TagOptions {
  readonly tag?: string;
}
interface RegistryOptions {
  readonly via?: readonly string[];
}

const registriesOf = ({ via = [] }: RegistryOptions): Registries => new Registries(viaOf(via));

const print = (lines: readonly string[]): void =>
  void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

export async function build(services: readonly string[], { tag }: TagOptions): Promise<void> {
  const project = await openProject();
  const images = planImages(project, services, tag);
  ignoringFolder(workFolder(project.root));
  await buildImages(images, project.folder, reportToStderr);
  print(images.map(({ service, layout, ...image }) => `${service} ${image.tag}  ${relative('', layout)}`));
}

export async function publish(
  services: readonly string[],
  { tag, ...options }: TagOptions & RegistryOptions,
): Promise<void> {
  const images = planImages(await openProject(), services, tag);
  const published = await publishImages(registriesOf(options), images, reportToStderr);
  print(published.map(({ repository, tag, digest }) => `${repository}:${tag}@${digest}`));
}

/** Builds and publishes what is not published yet, and gives an environment the images. */
export async function release(
  environment: string,
  services: readonly string[],
  options: RegistryOptions,
): Promise<void> {
  const project = await openProject();
  const { personal } = environmentNamed(project, environment);
  const images = planImages(project, services, personal ? environment : undefined);
  const registries = registriesOf(options);
  const there = await publishedAlready(registries, images);
  for (const { service, tag, digest } of there)
    reportToStderr(`${service} ${tag}: published already, not built again, ${digest}`);
  const missing = images.filter(({ service }) => !there.some((one) => one.service === service));
  ignoringFolder(workFolder(project.root));
  if (missing.length > 0) await buildImages(missing, project.folder, reportToStderr);
  const published = await publishImages(registries, missing, reportToStderr);
  const locked = [...there, ...published].map(
    ({ service, repository, tag, digest }) => [service, { repository, tag, digest }] as const,
  );
  change(project, environment, new Map(locked));
}

export async function set(
  environment: string,
  services: readonly string[],
  { tag, prerelease = false, ...options }: TagOptions & RegistryOptions & { readonly prerelease?: boolean },
): Promise<void> {
  const project = await openProject();
  environmentNamed(project, environment);
  const choice = { services, tag, withPrereleases: prerelease };
  change(project, environment, await publishedImages(project, environment, registriesOf(options), choice));
}

export async function promote(from: string, to: string, services: readonly string[]): Promise<void> {
  const project = await openProject();
  environmentsNamed(project, [from, to]);
  change(project, to, imagesToPromote(project.lock, from, services));
}

function change({ lockFile }: ImagesProject, environment: string, images: Parameters<typeof changeLock>[2]) {
  const changes = changeLock(lockFile, environment, images);
  print(changeLines(environment, changes, relative('', lockFile)));
}

/** As a test has it: all is well, something is not, or that could not be found out. */
const EXIT = { asLocked: 0, differs: 1, unknown: 2 } as const;

/** @returns the exit code */
export async function check(
  environments: readonly string[],
  { latest = false, ...options }: RegistryOptions & { readonly latest?: boolean },
): Promise<number> {
  const project = await openProject();
  const all = environmentsNamed(project).map(({ name }) => name);
  checkNames(project.lock, all);
  const chosen =
    environments.length === 0 ? all : environmentsNamed(project, environments).map(({ name }) => name);
  const checked = await checkImages(project.lock, registriesOf(options), {
    environments: chosen,
    latest,
    onProgress: counter(),
  });
  print(checkLines(checked));
  const kinds = new Set(checked.flatMap(({ findings }) => findings.map(({ kind }: Finding) => kind)));
  if (kinds.has('unknown')) return EXIT.unknown;
  return kinds.size > 0 ? EXIT.differs : EXIT.asLocked;
}

/** Counts on a terminal, and is gone from it at the end. */
function counter(): (done: number, total: number) => void {
  const { stderr } = process;
  return (done, total) => {
    if (stderr.isTTY) stderr.write(done < total ? `\r  ${done} of ${total} images` : '\r\x1b[K');
  };
}
