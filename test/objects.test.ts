import { k3sManifest } from '../embedded/k3s-manifest.js';
import lunch from '../examples/lunch/app.js';
import { type KubeObject, synthesize } from '../lib/index.js';
import { policyProblems } from './support/policy.js';
import { schemaProblems } from './support/schema.js';

/** Everything that Keelson emits for lunch: what one cluster has in sum, because policies look across its stacks. */
const { stacks } = synthesize(lunch, { user: 'ada' });
const clusters = ['local', 'main'].map((cluster) => ({
  cluster,
  objects: stacks
    .filter((stack) => stack.cluster === cluster)
    .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects)),
}));
const definitions: KubeObject[] = [...k3sManifest().objects, ...(clusters[0]?.objects ?? [])].filter(
  ({ kind }) => kind === 'CustomResourceDefinition',
);

test.each(clusters)(
  'every object for cluster $cluster is what the Kubernetes and CRD schemas describe',
  ({ objects }) => {
    expect(objects.flatMap((object) => schemaProblems(object, definitions))).toEqual([]);
  },
);

test.each(clusters)('every object for cluster $cluster keeps the policy', ({ objects }) => {
  expect(policyProblems(objects)).toEqual([]);
});
