import type { Properties } from '../../../embedded/kubernetes-provider/property-values.js';
import type { Context, Live, Resource } from './resource.js';

const path = ({ spaces }: Context, { region, name }: Properties, query = '') =>
  `${spaces.endpoint.replace('{{.Region}}', String(region))}/${name}?${query}`;

/** A bucket in Spaces, by unsigned requests: the simulator takes the access key's word. */
export const spacesBucket: Resource = {
  create: async (context, inputs) => {
    const { accessId } = context.spaces;
    if (accessId === '') throw new Error('Error creating bucket: Spaces credentials not configured');
    await context.api.request('PUT', path(context, inputs, `key=${accessId}`));
    return setLifecycle(context, inputs);
  },
  read: async (context, _, state) =>
    (await context.api.find(path(context, state))) === undefined ? undefined : live(state),
  update: (context, _, __, after) => setLifecycle(context, after),
  remove: (context, _, state) => context.api.remove(path(context, state)),
};

async function setLifecycle(context: Context, inputs: Properties): Promise<Live> {
  await context.api.request('PUT', path(context, inputs, 'lifecycle'), {
    rules: inputs.lifecycleRules ?? [],
  });
  return live(inputs);
}

const live = (inputs: Properties): Live => ({
  id: String(inputs.name),
  outputs: {
    ...inputs,
    endpoint: `${inputs.region}.digitaloceanspaces.com`,
    bucketUrn: `do:space:${inputs.name}`,
  },
});
