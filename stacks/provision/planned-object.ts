import { PROTECTED, USD_A_MONTH } from '../../lib/digitalocean/planned.js';
import type { KubeObject } from '../../lib/kube/object.js';

/** A resource of a provider, before there is any. */
export interface PlannedResource {
  /** Pulumi's token, such as `digitalocean:index/droplet:Droplet`. */
  readonly type: string;
  readonly name: string;
  /** Without those that are ignored once it lives. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  /** USD; undefined where it costs nothing, or nobody knows what. */
  readonly monthly?: number | undefined;
}

/** The resource in the form of an object of Kubernetes, so that one comparison does for both. */
export function plannedObject({ type, name, inputs, protect, monthly }: PlannedResource): KubeObject {
  const [provider = '', path = '', kind = ''] = type.split(':');
  const annotations = {
    ...(protect && { [PROTECTED]: 'true' }),
    ...(monthly !== undefined && { [USD_A_MONTH]: String(monthly) }),
  };
  return {
    apiVersion: `${provider}/${path.split('/')[0]}`,
    kind,
    metadata: { name, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: inputs,
  };
}
