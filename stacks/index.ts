export {
  type IdentityOptions,
  type IssuedKubeconfig,
  type IssueOptions,
  issueKubeconfig,
  revokeKubeconfigs,
} from './access/issue-kubeconfig.js';
export { findApplication, loadApplication } from './application.js';
export {
  ClusterManifests,
  type ClusterManifestsProps,
  type Exclusion,
  type LeftOut,
} from './cluster-manifests.js';
export { ClusterSecrets } from './cluster-secrets.js';
export type { Dependency } from './dependencies.js';
export { HelmRelease, type HelmReleaseProps } from './helm-release.js';
export { KeelsonStack } from './keelson-stack.js';
export { type Kubeconfig, type KubeconfigSource, kubeconfig } from './kubeconfig.js';
export { type ReducedKubeconfig, readKubeconfig, withServer } from './kubeconfig-file.js';
export { KubernetesProvider, type KubernetesProviderProps } from './kubernetes-provider.js';
export type { ObjectRef } from './object-key.js';
export { OWNER_ANNOTATION } from './owner.js';
export { type ProgramOutputs, program } from './program.js';
export { parseSettings, readSettings, type StackSettings } from './settings.js';
