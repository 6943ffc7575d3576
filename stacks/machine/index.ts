export { type Applied, type ApplyOptions, applyConfiguration, bringUp } from './apply-configuration.js';
export { type Connections, withConnections } from './connections.js';
export { type DrainOptions, removeNode } from './drain.js';
export { type Forward, type ForwardOptions, withForward } from './forward.js';
export { BREAKING_CHANGES, type BreakingChange, k3sUpgrade } from './k3s-upgrade.js';
export { changeKeys, connectionKey, fingerprintOf, type KeyChange } from './keys.js';
export {
  type KubeconfigOptions,
  kubeconfigOf,
  rewriteKubeconfig,
  writeKubeconfig,
} from './kubeconfig.js';
export { type MachineState, machineState } from './machine-state.js';
export { type ReadyOptions, waitForMachine } from './ready.js';
export { RemoteError } from './remote-error.js';
export { type ClusterMachine, rollingUpdate } from './rolling-update.js';
export type { MachineSecrets } from './secrets.js';
export { rotateServerToken, type TokenChange } from './server-token.js';
export { type CommandOptions, type Ssh, type SshOptions, withSsh } from './ssh.js';
export { SshError, type SshFault } from './ssh-error.js';
export { type Identity, loginCommand, type SshMachine } from './ssh-machine.js';
export type { UpdateOptions } from './update.js';
export { type ConfigurationTree, configurationTree } from './upload.js';
