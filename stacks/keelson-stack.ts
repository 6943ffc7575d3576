import type { Application } from '../lib/application.js';
import type { Synthesis } from '../lib/synth.js';
import type { ClusterManifests } from './cluster-manifests.js';
import type { KubernetesProvider } from './kubernetes-provider.js';
import { plainError } from './plain-error.js';
import { type ProgramOutputs, type StackParts, stackParts } from './program.js';
import type { StackSettings } from './settings.js';

/**
 * One stack of an application, in a Pulumi program of your own: its configuration says which cluster or environment it
 * is. The resources are those of `keelson up`, so either may run on the same state.
 *
 * @example
 * const { outputs } = new KeelsonStack(application);
 * export const { urls, kubeconfig } = outputs;
 */
export class KeelsonStack {
  readonly outputs: ProgramOutputs;
  /** Reaches the stack's cluster, for what stands beside its objects. */
  readonly provider: KubernetesProvider;
  /** The objects, for others to depend on. */
  readonly manifests: ClusterManifests;

  /**
   * @param settings what the stack is. @default its configuration says it
   * @throws before anything is registered: wrong settings, missing secrets, an unknown environment
   */
  constructor(application: Application | Synthesis, settings?: StackSettings) {
    let parts: StackParts;
    try {
      parts = stackParts(application, settings);
    } catch (error) {
      throw plainError(error);
    }
    this.outputs = parts.outputs;
    this.provider = parts.provider;
    this.manifests = parts.manifests;
  }
}
