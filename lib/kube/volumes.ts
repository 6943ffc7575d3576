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

/** Volumes that every pod has. */
const RESERVED = ['tmp', 'files'];

const volumeName = (volume: Volume): string => ('scratch' in volume ? volume.scratch : volume.claim);

export const volumeMounts = (mounts: Mounts = {}): VolumeMount[] =>
  Object.entries(mounts).map(([mountPath, volume]) => ({
    name: volumeName(volume),
    mountPath,
    ...('claim' in volume && volume.readOnly && { readOnly: true }),
  }));

/** The pod's volumes for all mounts of its containers, each once. */
export function podVolumes(mounts: readonly Mounts[]): KubeVolume[] {
  const volumes = new Map<string, KubeVolume>();
  for (const volume of mounts.flatMap((one) => Object.values(one)))
    volumes.set(volumeName(volume), {
      name: volumeName(volume),
      ...('scratch' in volume
        ? { emptyDir: { sizeLimit: `${volume.sizeMiB ?? SCRATCH_MIB}Mi` } }
        : { persistentVolumeClaim: { claimName: volume.claim } }),
    });
  return [...volumes.values()];
}

/** @param storageMiB the container's limit of ephemeral storage, which scratch volumes count to */
export function mountProblems(mounts: Mounts = {}, storageMiB: number): string[] {
  return Object.entries(mounts).flatMap(([path, volume]) => {
    const name = volumeName(volume);
    const size = 'scratch' in volume ? (volume.sizeMiB ?? SCRATCH_MIB) : 0;
    return [
      ...unknownKeys(volume, 'scratch' in volume ? SCRATCH_KEYS : CLAIM_KEYS, `volumes.${path}.`),
      ...(pathProblem(path) ? [`volumes: ${pathProblem(path)}`] : []),
      ...(nameProblem(name) ? [`volumes.${path}: ${nameProblem(name)}`] : []),
      ...(RESERVED.includes(name)
        ? [`volumes.${path}: "${name}" is the name of a volume that every pod has; choose another`]
        : []),
      ...(Number.isInteger(size) && size >= 0
        ? []
        : [`volumes.${path}.sizeMiB: ${size} was given; a whole number is expected`]),
      ...(size > storageMiB
        ? [
            `volumes.${path}: ${size} MiB are more than resources.ephemeralStorageMiB, ${storageMiB}: the pod would be evicted before it is full; raise that`,
          ]
        : []),
    ];
  });
}

/** What is wrong with a path inside a container, or undefined. */
export const pathProblem = (path: string): string | undefined =>
  /^(\/[\w.@-]+)+$/.test(path) && !path.split('/').includes('..')
    ? undefined
    : `${JSON.stringify(path)} is no absolute path; give one such as "/etc/app/config.yaml"`;
