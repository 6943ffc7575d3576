/** The classes that claims on machines of our own may go to. */
export const STORAGE_CLASSES = ['local-path', 'do-block-storage'] as const;

export type StorageClassName = (typeof STORAGE_CLASSES)[number];

interface Machines {
  readonly servers?: number;
  readonly agents?: object;
  readonly storageClass?: StorageClassName;
}

/** Where claims go that name no class: on one machine there is nowhere for a volume to follow its pod to. */
export const storageClassOf = (machines: Machines): StorageClassName =>
  machines.storageClass ?? (machineCount(machines) === 1 ? 'local-path' : 'do-block-storage');

/** Servers and agents together. */
export const machineCount = ({ servers = 1, agents = {} }: Machines): number =>
  servers + Object.keys(agents).length;
