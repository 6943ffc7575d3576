import type { PreviewOptions, Stack } from '@pulumi/pulumi/automation';
import { resourceName } from './resource-name.js';
import { noted, type Resource } from './state-resource.js';

/** The objects that an up would create, as the engine plans them; without the secrets in them. */
export async function plannedCreations(
  stack: Stack,
  options: Pick<PreviewOptions, 'signal' | 'target'>,
): Promise<Resource[]> {
  const planned: Resource[] = [];
  await stack.preview({
    ...options,
    onEvent: ({ resourcePreEvent }) => {
      const { op, urn = '', new: state } = resourcePreEvent?.metadata ?? {};
      if (op === 'create' && state && resourceName(urn).isObject) planned.push(noted(state));
    },
  });
  return planned;
}
