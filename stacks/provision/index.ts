export { forwardPort, withClusterAccess } from './cluster-access.js';
export { type ClusterToMake, clustersToMake, machinesStack } from './cluster-to-make.js';
export { readMade } from './machines-run.js';
export { plannedMachines } from './planned-machines.js';
export {
  destroyProvision,
  importOnClusters,
  previewProvision,
  provisionAll,
  refreshProvision,
} from './provision.js';
export type { ProvisionOptions } from './provision-options.js';
export { type RotateKeysOptions, rotateKeys } from './rotate-keys.js';
export { LOCK_FILE, reviewPins } from './unresolved-pins.js';
