import { k3sManifest } from '../embedded/k3s-manifest.js';
import boutique from '../examples/boutique/app.js';
import lunch from '../examples/lunch/app.js';
import routeguide from '../examples/routeguide/app.js';
import streams from '../examples/streams/app.js';
import { type KubeObject, synthesize } from '../lib/index.js';
import { everything } from './support/everything.js';
import { policyProblems } from './support/policy.js';
import { schemaProblems } from './support/schema.js';

/** What one cluster has in sum, because policies look across its stacks. */
const clusters = [lunch, routeguide, streams, boutique, everything].flatMap((application) => {
  const { stacks } = synthesize(application, { user: 'ada' });
  return [...new Set(stacks.map(({ cluster }) => cluster))].map((cluster) => ({
    cluster: `${application.name}/${cluster}`,
    objects: stacks
      .filter((stack) => stack.cluster === cluster)
      .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects)),
  }));
});
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
