import type { Volume as KubeVolume, VolumeMount } from 'kubernetes-types/core/v1';
import { nameProblem } from '../config/name.js';
import { type KeysOf, unknownKeys } from './known-keys.js';

/** A folder of a container that outlives its file system, which is read-only. */
export type Volume =
  /** Empty at the pod's start and gone with it; containers of one pod share it by its name. */
  | { readonly scratch: string /** In MiB. @default 64 */; readonly sizeMiB?: number }
  /** A PersistentVolumeClaim that is there already, of the same namespace. */
  | { readonly claim: string /** @default false */; readonly readOnly?: boolean };

type Scratch = Extract<Volume, { scratch: string }>;
type Claim = Extract<Volume, { claim: string }>;

const SCRATCH_KEYS: KeysOf<Scratch> = { scratch: true, sizeMiB: true };
const CLAIM_KEYS: KeysOf<Claim> = { claim: true, readOnly: true };

/** Where a container sees which volume: absolute path → volume. */
export type Mounts = Readonly<Record<string, Volume>>;

/** Size of `/tmp`, which a read-only root file system makes necessary, and of a volume that states none, in MiB. */
export const SCRATCH_MIB = 64;

/** Where every container has a scratch folder, unless it mounts something of its own there. */
export const SCRATCH_PATH = '/tmp';

/** Volumes that every pod has. */
export const RESERVED_VOLUMES = ['tmp', 'files'];

const volumeName = (volume: Volume): string => ('scratch' in volume ? volume.scratch : volume.claim);

/** The volumes of all containers of a pod by their name, each as often as it is mounted. */
function byName(mounts: readonly Mounts[]): ReadonlyMap<string, readonly Volume[]> {
  const named = new Map<string, Volume[]>();
  for (const volume of mounts.flatMap((one) => Object.values(one)))
    named.set(volumeName(volume), [...(named.get(volumeName(volume)) ?? []), volume]);
  return named;
}

const sizesOf = (volumes: readonly Volume[]): number[] => [
  ...new Set(volumes.flatMap((volume) => ('scratch' in volume ? (volume.sizeMiB ?? []) : []))),
];

export const volumeMounts = (mounts: Mounts = {}): VolumeMount[] =>
  Object.entries(mounts).map(([mountPath, volume]) => ({
    name: volumeName(volume),
    mountPath,
    ...('claim' in volume && volume.readOnly && { readOnly: true }),
  }));

/** The pod's volumes for all mounts of its containers, each once. */
export const podVolumes = (mounts: readonly Mounts[]): KubeVolume[] =>
  [...byName(mounts)].map(([name, volumes]) => ({
    name,
    ...(volumes.some((volume) => 'scratch' in volume)
      ? { emptyDir: { sizeLimit: `${sizesOf(volumes)[0] ?? SCRATCH_MIB}Mi` } }
      : { persistentVolumeClaim: { claimName: name } }),
  }));

/** @param storageMiB the container's limit of ephemeral storage, which scratch volumes count to */
export function mountProblems(mounts: Mounts = {}, storageMiB: number): string[] {
  return Object.entries(mounts).flatMap(([path, volume]) => {
    const name = volumeName(volume);
    const size = 'scratch' in volume ? (volume.sizeMiB ?? SCRATCH_MIB) : 0;
    // What stands at /tmp is not beside it.
    const room = path === SCRATCH_PATH ? storageMiB : storageMiB - SCRATCH_MIB;
    return [
      ...unknownKeys(volume, 'scratch' in volume ? SCRATCH_KEYS : CLAIM_KEYS, `volumes.${path}.`),
      ...(pathProblem(path) ? [`volumes: ${pathProblem(path)}`] : []),
      ...(nameProblem(name) ? [`volumes.${path}: ${nameProblem(name)}`] : []),
      ...(Number.isInteger(size) && size >= 0
        ? []
        : [`volumes.${path}.sizeMiB: ${size} was given; a whole number is expected`]),
      ...(size > room
        ? [
            `volumes.${path}: ${size} MiB are more than the ${room} that resources.ephemeralStorageMiB leaves for it: the pod would be evicted before it is full; raise that`,
          ]
        : []),
    ];
  });
}

/**
 * Volumes of one name that are not the same one.
 *
 * @param taken names that the pod has for volumes of other kinds
 */
export function volumeProblems(mounts: readonly Mounts[], taken: readonly string[] = []): string[] {
  return [...byName(mounts)].flatMap(([name, volumes]) => {
    const sizes = sizesOf(volumes);
    return [
      ...([...RESERVED_VOLUMES, ...taken].includes(name)
        ? [`volumes: "${name}" is the name of another volume of the pod; choose another`]
        : []),
      ...(new Set(volumes.map((volume) => 'scratch' in volume)).size > 1
        ? [`volumes: "${name}" names a scratch folder and a claim; rename the scratch folder`]
        : []),
      ...(sizes.length > 1
        ? [
            `volumes: "${name}" is one folder, of ${sizes.join(' and of ')} MiB; give one of them another name`,
          ]
        : []),
    ];
  });
}

/** Paths of a container at which two things would stand. */
export const samePathProblems = (paths: readonly string[]): string[] =>
  [...new Set(paths.filter((path, index) => paths.indexOf(path) !== index))].map(
    (path) => `${path}: two things would stand there; give one of volumes, files and storage another path`,
  );

/** What is wrong with a path inside a container, or undefined. */
export const pathProblem = (path: string): string | undefined =>
  /^(\/[\w.@-]+)+$/.test(path) && !path.split('/').some((part) => part.startsWith('..'))
    ? undefined
    : `${JSON.stringify(path)} is no absolute path; give one such as "/etc/app/config.yaml"`;
