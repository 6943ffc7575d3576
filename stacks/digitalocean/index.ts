export {
  type Effect,
  effectOf,
  REPLACEMENTS,
  type Replacement,
  replacing,
} from '../../lib/digitalocean/replacements.js';
export { API_FAILURES, type ApiFailure, explainApiFailure } from './api-failures.js';
export { Cluster } from './cluster.js';
export type { ClusterArgs, MachineRole, RunningMachine } from './cluster-args.js';
export type { ClusterOutputs } from './cluster-outputs.js';
export { type ClusterPlan, type PlannedMachine, planCluster } from './cluster-plan.js';
export { type Consequence, consequences } from './consequences.js';
export { DataVolume, type DataVolumeArgs, dataVolumeDevice } from './data-volume.js';
export { DnsRecords, type DnsRecordsArgs, type HostRecord } from './dns-records.js';
export { Machine, type MachineArgs } from './machine.js';
export { ManagedCluster, type ManagedClusterArgs, type NodePool } from './managed-cluster.js';
export { Network, type NetworkArgs } from './network.js';
export {
  type PricedCluster,
  type PriceEstimate,
  type PriceLine,
  priceEstimate,
  priceText,
} from './price-estimate.js';
export { RegistryCredentials, type RegistryCredentialsArgs } from './registry-credentials.js';
export { REGIONS, SIZES, type Size, type SizeTable, SPACES_REGIONS, slugWarnings } from './sizes.js';
export { type SizesApiOptions, sizesFromApi } from './sizes-api.js';
export { SnapshotBucket, type SnapshotBucketArgs } from './snapshot-bucket.js';
export { SshKeys } from './ssh-keys.js';
export {
  StreamingCredentials,
  type StreamingCredentialsArgs,
  type TopicGrant,
} from './streaming-credentials.js';
