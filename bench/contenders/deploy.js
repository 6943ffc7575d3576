// node deploy.js keelson|typed|floor preview|up|destroy|crash COUNT CLUSTER FOLDER
//   keelson  the objects through keelson/stacks
//   typed    the same as @pulumi/kubernetes' own classes in an inline program: the ordinary way
//   floor    the same with Pulumi's SDK alone and no order but the namespace first, by an engine that writes its state
//            once, at the end: what nothing can be faster than
// CLUSTER is the folder of a running embedded control plane; FOLDER keeps project and state between the verbs. A crash
// is keelson's alone: see crash.js.
const { mkdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { crash } = require('./crash.js');
const { manyObjects } = require('./many-objects.js');
const dist = join(__dirname, '..', '..', 'dist');
const { findEmbeddedCluster } = require(join(dist, 'embedded/control-plane/control-plane.js'));
const { serveKubernetesProvider } = require(join(dist, 'embedded/kubernetes-provider/index.js'));
const { findPulumiEngine } = require(join(dist, 'embedded/pulumi-engine.js'));

const [what, verb, count, directory, folder] = process.argv.slice(2);
const namespace = `bench-${what}`;
const [home, ...objects] = manyObjects(Number(count), namespace);

async function main() {
  const cluster = await findEmbeddedCluster(directory);
  const provider = await serveKubernetesProvider({ server: cluster.server });
  const state = join(folder, 'state');
  mkdirSync(state, { recursive: true });
  const engine = await findPulumiEngine({ report: () => {} });
  const options = {
    workDir: folder,
    backendUrl: pathToFileURL(state).href,
    pulumiHome: join(folder, 'home'),
    env: { PULUMI_CONFIG_PASSPHRASE: 'bench' },
    engine: engine.command,
    providers: { debugPort: provider.port },
  };
  await { keelson, typed, floor }[what](cluster, options);
  await provider.close();
}

async function keelson(cluster, options) {
  const { destroyStack, previewStack, upStack } = require(join(dist, 'stacks/deploy.js'));
  const stack = {
    kind: 'environment',
    name: 'bench',
    cluster: 'main',
    manifests: [{ name: 'bench', objects: [home, ...objects] }],
    secrets: [],
    urls: [],
  };
  const run = {
    ...options,
    synthesis: { application: 'bench', stacks: [stack] },
    stack: 'bench',
    settings: {
      kind: 'environment',
      name: 'bench',
      kubeconfig: { file: cluster.kubeconfig, context: cluster.context },
      protectData: false,
    },
    createStack: true,
  };
  if (verb === 'crash') console.log(JSON.stringify(await crash({ cluster, namespace, run })));
  else await { preview: previewStack, up: upStack, destroy: destroyStack }[verb](run);
}

const typed = ({ kubeconfig }, options) =>
  inline(options, {}, () => {
    const kubernetes = require('@pulumi/kubernetes');
    const provider = new kubernetes.Provider('cluster', { kubeconfig: readFileSync(kubeconfig, 'utf8') });
    const parent = new kubernetes.core.v1.Namespace(namespace, { metadata: home.metadata }, { provider });
    const classes = {
      ConfigMap: kubernetes.core.v1.ConfigMap,
      Role: kubernetes.rbac.v1.Role,
      NetworkPolicy: kubernetes.networking.v1.NetworkPolicy,
    };
    for (const { apiVersion: _, kind, metadata, ...contents } of objects)
      new classes[kind](metadata.name, { metadata, ...contents }, { provider, dependsOn: [parent] });
  });

const floor = ({ kubeconfig }, options) =>
  inline(options, { PULUMI_SKIP_CHECKPOINTS: 'true' }, () => {
    const { CustomResource, ProviderResource } = require('@pulumi/pulumi');
    const provider = new ProviderResource('kubernetes', 'cluster', {
      kubeconfig: readFileSync(kubeconfig, 'utf8'),
    });
    const add = ({ apiVersion, kind, ...rest }, options) => {
      const group = apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
      const inputs = { apiVersion, kind, ...rest };
      return new CustomResource(`kubernetes:${group}:${kind}`, rest.metadata.name, inputs, {
        provider,
        ...options,
      });
    };
    const parent = add(home, {});
    for (const object of objects) add(object, { dependsOn: [parent] });
  });

/** Runs the verb for a program without Keelson. */
async function inline({ workDir, backendUrl, pulumiHome, env, engine, providers }, more, register) {
  const { LocalWorkspace } = require('@pulumi/pulumi/automation');
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: 'bench', projectName: what, program: async () => register() },
    {
      workDir,
      pulumiHome,
      pulumiCommand: engine,
      envVars: {
        ...env,
        ...more,
        PULUMI_BACKEND_URL: backendUrl,
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PULUMI_DEBUG_PROVIDERS: `kubernetes:${providers.debugPort}`,
      },
    },
  );
  // What the Automation API asks the engine after each run is no part of the least that has to be done.
  if (what === 'floor') Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });
  await stack[verb]();
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
