// node deploy.js keelson|typed|floor preview|up|destroy COUNT CLUSTER FOLDER
//   keelson  the objects through keelson/stacks
//   typed    the same as @pulumi/kubernetes' own classes in an inline program: the ordinary way
//   floor    as keelson, by an engine that writes its state once, at the end: what nothing can be faster than
// CLUSTER is the folder of a running embedded control plane; FOLDER keeps project and state between the verbs.
const { mkdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const dist = join(__dirname, '..', '..', 'dist');
const { findEmbeddedCluster } = require(join(dist, 'embedded/control-plane/control-plane.js'));
const { serveKubernetesProvider } = require(join(dist, 'embedded/kubernetes-provider/index.js'));
const { findPulumiEngine } = require(join(dist, 'embedded/pulumi-engine.js'));

const [what, verb, count, directory, folder] = process.argv.slice(2);
const namespace = `bench-${what}`;
const names = Array.from({ length: Number(count) - 1 }, (_, index) => `settings-${index}`);
const data = { 'settings.yaml': 'a: 1\n' };

async function main() {
  if (what === 'floor') process.env.PULUMI_SKIP_CHECKPOINTS = 'true';
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
  await (what === 'typed' ? typed : keelson)(cluster, options);
  await provider.close();
}

async function keelson({ kubeconfig, context }, options) {
  const { destroyStack, previewStack, upStack } = require(join(dist, 'stacks/deploy.js'));
  const object = (name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...names.map(object),
  ];
  const stack = {
    kind: 'environment',
    name: 'bench',
    cluster: 'main',
    manifests: [{ name: 'bench', objects }],
    secrets: [],
    urls: [],
  };
  await { preview: previewStack, up: upStack, destroy: destroyStack }[verb]({
    ...options,
    synthesis: { application: 'bench', stacks: [stack] },
    stack: 'bench',
    settings: {
      kind: 'environment',
      name: 'bench',
      kubeconfig: { file: kubeconfig, context },
      protectData: false,
    },
    createStack: true,
  });
}

async function typed({ kubeconfig }, { workDir, backendUrl, pulumiHome, env, engine, providers }) {
  const { LocalWorkspace } = require('@pulumi/pulumi/automation');
  const program = async () => {
    const kubernetes = require('@pulumi/kubernetes');
    const provider = new kubernetes.Provider('cluster', { kubeconfig: readFileSync(kubeconfig, 'utf8') });
    const parent = new kubernetes.core.v1.Namespace(
      namespace,
      { metadata: { name: namespace } },
      { provider },
    );
    for (const name of names)
      new kubernetes.core.v1.ConfigMap(
        name,
        { metadata: { name, namespace }, data },
        { provider, dependsOn: [parent] },
      );
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: 'bench', projectName: 'typed', program },
    {
      workDir,
      pulumiHome,
      pulumiCommand: engine,
      envVars: {
        ...env,
        PULUMI_BACKEND_URL: backendUrl,
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PULUMI_DEBUG_PROVIDERS: `kubernetes:${providers.debugPort}`,
      },
    },
  );
  await stack[verb]();
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
