// node keelson.js objects|service|full COUNT FOLDER
//   objects  the three objects in a Keelson application, as its user writes objects that no construct makes
//   service  a Service construct with everything it brings, of which only the three kinds are written
//   full     a Service construct, all of it written
const { ApiObject } = require('cdk8s');
const { defineApplication, Service, synthesize, writeManifests } = require('keelson');
const { threeObjects } = require('./three-objects.js');

const [what, count, folder] = process.argv.slice(2);
const KINDS = ['Deployment', 'Service', 'Ingress'];

const add = {
  objects: (env, name) => {
    for (const object of threeObjects(name)) new ApiObject(env, `${name}-${object.kind}`, object);
  },
  service: (env, name) =>
    new Service(env, name, {
      image: `example.com/${name}:1.0.0`,
      ports: { http: 8080 },
      host: `${name}.example.com`,
    }),
};
add.full = add.service;

const synthesis = synthesize(
  defineApplication({
    name: 'bench',
    domain: 'example.com',
    contact: 'ops@example.com',
    clusters: { main: { ingress: 'none', certManager: false } },
    // A thousand services fit no quota for a small team.
    environments: { bench: { cluster: 'main', quota: { cpu: 100_000, memory: 100_000_000, pods: 100_000 } } },
    services: (env) => {
      for (let index = 0; index < Number(count); index++) add[what](env, `service-${index}`);
    },
  }),
);

const kept = ({ objects, ...manifest }) => ({
  ...manifest,
  objects: what === 'service' ? objects.filter(({ kind }) => KINDS.includes(kind)) : objects,
});
const environments = synthesis.stacks.filter(({ kind }) => kind === 'environment');
writeManifests(
  {
    ...synthesis,
    stacks: environments.map(({ manifests, ...stack }) => ({ ...stack, manifests: manifests.map(kept) })),
  },
  folder,
);
