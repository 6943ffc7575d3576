import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { images } from '../../../lib/config/versions.js';
import type { Report } from '../../../lib/progress.js';
import { EXAMPLES } from '../application.js';
import { unpackPackages } from '../debian.js';
import { PAUSE_IMAGE } from '../node/containerd.js';
import { CORE_DNS_IMAGE, LOCAL_PATH_IMAGE, TOOLS_IMAGE } from '../platform.js';
import type { Programs } from '../programs.js';
import { buildImage, type Image } from './image.js';
import { buildService } from './service.js';

/** Images by the name that manifests give them. */
export interface Images {
  /** What must run before there is a registry. */
  readonly imported: Readonly<Record<string, Image>>;
  /** What the cluster's own registry holds. */
  readonly pushed: Readonly<Record<string, Image>>;
}

/** A small Debian with a shell and what scripts use. */
const SHELL_PACKAGES = [
  ...['base-files', 'libc6', 'libc-bin', 'dash', 'coreutils', 'grep', 'sed', 'mawk', 'hostname'],
  ...['libacl1', 'libattr1', 'libgmp10', 'libselinux1', 'libpcre2-8-0', 'libcrypt1', 'libgcc-s1'],
];

const REDIS_PACKAGES = [
  ...['redis-server', 'redis-tools', 'libssl3', 'libjemalloc2', 'liblzf1', 'libatomic1', 'libstdc++6'],
  ...['libsystemd0', 'libcap2', 'libgcrypt20', 'libgpg-error0', 'liblz4-1', 'liblzma5', 'libzstd1'],
];

/** With util-linux for `flock`, which the busybox of the registry's own image has and Debian's has not. */
const REGISTRY_PACKAGES = ['docker-registry', 'util-linux'];

const TOOLS_PACKAGES = ['busybox-static'];

/** All that images are made of. */
export const IMAGE_PACKAGES = [...TOOLS_PACKAGES, ...SHELL_PACKAGES, ...REDIS_PACKAGES, ...REGISTRY_PACKAGES];

const BUSYBOX_COMMANDS = ['sh', 'mkdir', 'rm'];

/** Every image of the lab, made on this machine. None is pulled. */
export async function buildImages({ built }: Programs, report: Report): Promise<Images> {
  const busybox = (commands: readonly string[]) =>
    Object.fromEntries(commands.map((name) => [`usr/bin/${name}`, 'busybox']));
  const program = (name: string) =>
    buildImage({ files: { [`usr/bin/${name}`]: built[name] ?? '' }, entrypoint: [`/usr/bin/${name}`] });
  const tools = await unpackPackages(TOOLS_PACKAGES, report);
  const registry = await unpackPackages([...SHELL_PACKAGES, ...REGISTRY_PACKAGES], report);
  const redis = await unpackPackages([...SHELL_PACKAGES, ...REDIS_PACKAGES], report);
  const services = [
    await lunchWeb(report),
    await servicesOf('routeguide', 'staging', report),
    await servicesOf('streams', 'production', report),
  ];
  return {
    imported: {
      [PAUSE_IMAGE]: await buildImage({
        root: tools,
        entrypoint: ['/bin/busybox', 'sleep', 'infinity'],
        user: '65535:65535',
      }),
      [TOOLS_IMAGE]: await buildImage({ root: tools, links: busybox(BUSYBOX_COMMANDS) }),
      [CORE_DNS_IMAGE]: await program('coredns'),
      [LOCAL_PATH_IMAGE]: await program('local-path-provisioner'),
      [images.registry]: await buildImage({
        root: registry,
        links: { 'usr/local/bin/registry': '/usr/bin/docker-registry' },
      }),
    },
    pushed: {
      // Which awk is `awk` is decided when Debian's package is installed.
      [images.redis]: await buildImage({ root: redis, links: { 'usr/bin/awk': 'mawk' } }),
      ...Object.assign({}, ...services),
    },
  };
}

/** Two releases of lunch's page: an update goes from one to the other. */
async function lunchWeb(report: Report): Promise<Record<string, Image>> {
  const releases: Record<string, Image> = {};
  for (const tag of LUNCH_RELEASES) {
    report(`Building lunch's page ${tag}`);
    releases[`${LUNCH_WEB}:${tag}`] = await buildLunchWeb(join(EXAMPLES, 'lunch'), tag);
  }
  return releases;
}

/** What lunch's lock file names its page's image. */
export const LUNCH_WEB = 'registry.lunch.example.com/lunch/web';

/** @param lunch folder of the example, or of an edited copy */
export const buildLunchWeb = (lunch: string, release: string): Promise<Image> =>
  serviceImage(join(lunch, 'services', 'web'), release);

/** What an example's lock file names for an environment. */
async function servicesOf(
  example: string,
  environment: string,
  report: Report,
): Promise<Record<string, Image>> {
  const lock = JSON.parse(readFileSync(join(EXAMPLES, example, 'images.lock.json'), 'utf8')) as Record<
    string,
    Record<string, { readonly repository: string; readonly tag: string }>
  >;
  const services: Record<string, Image> = {};
  for (const [name, { [environment]: image }] of Object.entries(lock)) {
    if (!image) throw new Error(`images.lock.json of ${example} has no ${name} for ${environment}`);
    report(`Building ${example}'s ${name} ${image.tag}`);
    const folder = join(EXAMPLES, example, 'services', name);
    services[`${image.repository}:${image.tag}`] = await serviceImage(folder, image.tag);
  }
  return services;
}

async function serviceImage(folder: string, release: string): Promise<Image> {
  const name = basename(folder);
  const program = await buildService(folder, release);
  return await buildImage({ files: { [name]: program }, entrypoint: [`/${name}`], user: '10001:10001' });
}

/** The one that lunch's lock file names for development, and the next. */
export const LUNCH_RELEASES = ['1.5.0-rc.1', '1.5.0-rc.2'] as const;
