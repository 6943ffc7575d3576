/** The name by which kubelet, classes and volumes know the driver. It stands in every volume, and never changes. */
export const DRIVER = 'dobs.csi.digitalocean.com';

/** What a cluster's platform has it in: the chart and the namespace. */
export const BLOCK_STORAGE = 'block-storage';

/** Of the class, as on DigitalOcean Kubernetes. */
export const BLOCK_STORAGE_CLASS = 'do-block-storage';

/** Of a container that waits for work most of the time. */
export const SIDECAR_RESOURCES = {
  cpuMillis: 5,
  memoryMiB: 24,
  memoryLimitMiB: 128,
  ephemeralStorageMiB: 32,
} as const;

/** Of the driver itself; to make a file system takes some memory. */
export const DRIVER_RESOURCES = {
  cpuMillis: 10,
  memoryMiB: 32,
  memoryLimitMiB: 256,
  ephemeralStorageMiB: 64,
} as const;

export interface DriverImages {
  readonly blockStorage: string;
  readonly csiProvisioner: string;
  readonly csiAttacher: string;
  readonly csiResizer: string;
  readonly csiRegistrar: string;
}
