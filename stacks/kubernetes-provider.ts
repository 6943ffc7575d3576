import * as pulumi from '@pulumi/pulumi';
import { pulumi as versions } from '../lib/config/versions.js';

export interface KubernetesProviderProps {
  /** Contents of a kubeconfig with one context; a secret. There is no default: never the ambient one. */
  readonly kubeconfig: pulumi.Input<string>;
  /**
   * What stays the same as long as the cluster does, whatever its address or the caller's credentials.
   * When it changes, every object is replaced; without it a new address would replace them too.
   */
  readonly clusterIdentity: pulumi.Input<string>;
  /** Take fields over from other field managers. @default false: a conflict is an error */
  readonly forceConflicts?: boolean;
}

/**
 * Pulumi's provider `kubernetes` without its SDK (whose import costs more than our whole program):
 * we register generic tokens, so the provider's name and configuration are all that is needed.
 */
export class KubernetesProvider extends pulumi.ProviderResource {
  constructor(name: string, props: KubernetesProviderProps, options: pulumi.ResourceOptions = {}) {
    super(
      'kubernetes',
      name,
      {
        kubeconfig: pulumi.secret(props.kubeconfig),
        clusterIdentifier: props.clusterIdentity,
        // The provider replaces a changed ConfigMap or Secret by default. Ours have chosen names, so that
        // would delete them first and leave running pods without; the API server updates them in place.
        enableConfigMapMutable: 'true',
        enableSecretMutable: 'true',
        ...(props.forceConflicts && { enablePatchForce: 'true' }),
      },
      { version: versions.kubernetesPlugin, ...options },
    );
  }
}
