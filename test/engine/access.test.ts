import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { k3sManifest } from '../../embedded/k3s-manifest.js';
import { ApiClient } from '../../embedded/kubernetes-provider/api-client.js';
import { ApiError } from '../../embedded/kubernetes-provider/api-error.js';
import { Discovery } from '../../embedded/kubernetes-provider/discovery.js';
import { readKubeconfig } from '../../embedded/kubernetes-provider/kubeconfig.js';
import { list, type Properties, text } from '../../embedded/kubernetes-provider/property-values.js';
import { DEBUG, deploy, READ } from '../../lib/constructs/access/rules.js';
import { type KubeObject, type Synthesis, synthesize } from '../../lib/index.js';
import { loadApplication } from '../../stacks/application.js';
import { upStack } from '../../stacks/deploy.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import type { StackRun } from '../../stacks/stack-run.js';
import { objectsOf } from '../support/application.js';
import { everything } from '../support/everything.js';
import { ROOT } from '../support/repository.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { writeApplication } from './access-project.js';
import './forgive-late-calls.js';
import { ProviderBed } from './kubernetes-provider-bed.js';

/* Who may do what, asked of the real API server with the kubeconfigs that the command line gives. */
let bed: ProviderBed;
let project: string;
let watch: SecretWatch;
const { signal } = new AbortController();
const clients: ApiClient[] = [];
/** Everything that the command line wrote, but for what was asked to go to standard output. */
let written = '';

/** What k3s and the platform bring that an environment stands on. */
const BEFOREHAND: Readonly<Record<string, string>> = {
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  StorageClass: '/apis/storage.k8s.io/v1/storageclasses',
};

beforeAll(async () => {
  bed = await ProviderBed.start();
  watch = SecretWatch.start();
  project = join(bed.folder, 'project');
  writeApplication(project, { ada: 'debug', grace: 'read' });
  for (const object of [...k3sManifest().objects, ...objectsOf(synthesize(everything), 'main-cluster')])
    if (object.kind in BEFOREHAND) await status(bed.client, 'POST', BEFOREHAND[object.kind] ?? '', object);
  await clusterUp();
});
afterAll(async () => {
  for (const client of clients) client.close();
  watch?.end();
  await bed?.stop();
});

const admin = () => ['--kubeconfig', bed.cluster.kubeconfig, '--context', bed.cluster.context];

function keelson(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const command = [join(ROOT, 'bin/keelson.js'), ...args];
    const env = { ...process.env, KEELSON_USER: '', CI: 'true' };
    execFile(process.execPath, command, { cwd: project, env }, (error, stdout, stderr) => {
      written += stderr + (args.includes('-') ? '' : stdout);
      done({ status: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

const fileOf = (account: string) => join(project, '.keelson/access', `${account}.kubeconfig`);
const tokenOf = (file: string) => text(JSON.parse(readFileSync(file, 'utf8')), 'users', '0', 'user', 'token');

/** Gives a kubeconfig as a person would; resolves with its path. */
async function given(account: string, ...args: string[]): Promise<string> {
  const { status, stderr } = await keelson('kubeconfig', ...args, ...admin());
  expect([status, stderr]).toEqual([0, '']);
  return fileOf(account);
}

function clientOf(file: string): ApiClient {
  const client = new ApiClient(readKubeconfig(file));
  clients.push(client);
  return client;
}

/** The status of an answer. */
async function status(client: ApiClient, method: string, path: string, body?: object): Promise<number> {
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  try {
    await client.request(method, path, { body, contentType, signal, tries: 1 });
    return 200;
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await look())) {
    if (Date.now() > end) throw new Error('not within 60 s');
    await sleep(250);
  }
}

async function run(stack: string, kubeconfig: string, context: string): Promise<StackRun> {
  // The application's module runs in another realm than Jest's, whose arrays are no Arrays to Pulumi.
  const { application, stacks } = JSON.parse(
    JSON.stringify(synthesize(await loadApplication(project))),
  ) as Synthesis;
  const workDir = join(bed.folder, 'pulumi');
  mkdirSync(join(workDir, 'state'), { recursive: true });
  const options: DeployOptions = {
    synthesis: {
      application,
      // The platform has its own tests; here are the namespaces and who may enter them.
      stacks: stacks.map((one) => ({
        ...one,
        manifests: one.manifests.filter(
          ({ name }) => one.kind === 'environment' || /^(access|environment-.*)$/.test(name),
        ),
      })),
    },
    stack,
    settings: {
      kind: stack === 'main-cluster' ? 'cluster' : 'environment',
      name: stack.replace('-cluster', ''),
      kubeconfig: { file: kubeconfig, context },
      protectData: false,
    },
    workDir,
    createStack: true,
    backendUrl: pathToFileURL(join(workDir, 'state')).href,
    pulumiHome: bed.provider.home(join(workDir, 'home')),
    env: { PULUMI_CONFIG_PASSPHRASE: 'test' },
    engine: bed.engine.command,
    providers: bed.provider.providers,
    generateSecrets: true,
  };
  return upStack(options);
}

const clusterUp = () => run('main-cluster', bed.cluster.kubeconfig, bed.cluster.context);
const environmentUp = (environment: string, kubeconfig: string, context = environment) =>
  run(environment, kubeconfig, context);

describe('the identity that deploys an environment', () => {
  let file: string;
  let client: ApiClient;
  beforeAll(async () => {
    file = await given('deploy-staging', 'staging', '--hours', '1');
    client = clientOf(file);
  });

  test('its kubeconfig is for its owner alone, is nowhere else, and ends in time', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const token = tokenOf(file);
    expect(holds(written, token)).toBe(false);
    expect(filesWith(bed.folder, [token], 'etcd')).toEqual([file]);
    const { exp, iat, sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect([sub, exp - iat]).toEqual(['system:serviceaccount:access:deploy-staging', 3600]);
    const said = new Date(exp * 1000).toISOString().slice(0, 16).replace('T', ' ');
    expect(written).toContain(`good until ${said} UTC`);
  });

  test('brings its environment up; the second time, and with a new kubeconfig, nothing changes', async () => {
    const { counts } = await environmentUp('staging', file);
    expect(counts.create).toBeGreaterThan(8);
    expect(text(await bed.find('/apis/apps/v1/namespaces/staging/deployments/web'), 'metadata', 'name')).toBe(
      'web',
    );
    expect((await environmentUp('staging', file)).changes).toEqual([]);
    await given('deploy-staging', 'staging', '--hours', '2');
    expect((await environmentUp('staging', file)).changes).toEqual([]);
  });

  test('may create every object that an environment can have, and the API server accepts each', async () => {
    const objects = objectsOf(synthesize(everything), 'staging');
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'any', namespace: 'staging' } };
    const discovery = new Discovery(client);
    const refused: unknown[] = [];
    for (const object of [...objects, secret] as KubeObject[]) {
      const { name } = object.metadata;
      const place = () => discovery.locate(object, `${name}-again`, 'staging', signal);
      await until(() =>
        place().then(
          () => true,
          () => {
            discovery.forget(object.apiVersion);
            return false;
          },
        ),
      );
      const { collection } = await place();
      const again = { ...object, metadata: { ...object.metadata, name: `${name}-again` } };
      const answer = await status(client, 'POST', `${collection}?dryRun=All`, again);
      if (answer !== 200) refused.push([object.kind, name, answer]);
    }
    expect(refused).toEqual([]);
  });

  test('has no right beyond its role, in no namespace', async () => {
    const nobody = await rulesOf(client, 'default');
    for (const namespace of ['kube-system', 'access', 'production', 'ada'])
      expect([namespace, await rulesOf(client, namespace)]).toEqual([namespace, nobody]);
    expect(nobody.filter((rule) => !/ selfsubject\w+\.auth/.test(rule))).toEqual([]);
    expect(await rulesOf(client, 'staging')).toEqual([...nobody, ...spelt(deploy())].sort());
  });

  const refusals: readonly (readonly [what: string, method: string, path: string, body?: object])[] = [
    ['another environment', 'POST', '/api/v1/namespaces/production/configmaps', { metadata: { name: 'a' } }],
    ["another's secrets", 'GET', '/api/v1/namespaces/production/secrets'],
    ['its namespace', 'PATCH', '/api/v1/namespaces/staging', { metadata: { labels: { a: 'b' } } }],
    ['its namespace', 'DELETE', '/api/v1/namespaces/staging'],
    [
      'its quota',
      'PATCH',
      '/api/v1/namespaces/staging/resourcequotas/environment',
      { spec: { hard: { pods: '99' } } },
    ],
    ['its limits', 'DELETE', '/api/v1/namespaces/staging/limitranges/environment'],
    [
      'its binding',
      'PATCH',
      '/apis/rbac.authorization.k8s.io/v1/namespaces/staging/rolebindings/keelson-deploy',
      { subjects: [] },
    ],
    ['its role', 'PATCH', '/apis/rbac.authorization.k8s.io/v1/clusterroles/keelson-deploy', { rules: [] }],
    [
      'a role of its own',
      'POST',
      '/apis/rbac.authorization.k8s.io/v1/namespaces/staging/roles',
      { metadata: { name: 'a' }, rules: [] },
    ],
    [
      'a binding for another',
      'POST',
      '/apis/rbac.authorization.k8s.io/v1/namespaces/staging/rolebindings',
      {
        metadata: { name: 'a' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'keelson-deploy' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'staging' }],
      },
    ],
    [
      'a token of its own',
      'POST',
      '/api/v1/namespaces/access/serviceaccounts/deploy-staging/token',
      { spec: {} },
    ],
    [
      'a token in its namespace',
      'POST',
      '/api/v1/namespaces/staging/serviceaccounts/default/token',
      { spec: {} },
    ],
    ['commands in a pod', 'POST', '/api/v1/namespaces/staging/pods/web/exec?command=id'],
    ['a single pod', 'POST', '/api/v1/namespaces/staging/pods', { metadata: { name: 'a' } }],
    ['an object of the cluster', 'POST', '/api/v1/namespaces', { metadata: { name: 'mine' } }],
    ['the nodes', 'GET', '/api/v1/nodes'],
    [
      'the wall',
      'DELETE',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/keelson-closing-policies',
    ],
  ];
  test.each(refusals.map(([what, method, path, body]) => [what, method, path, body] as const))(
    'is refused %s: %s %s',
    async (_what, method, path, body) => {
      expect(await status(client, method, path, body)).toBe(403);
    },
  );

  test.each(['default-deny', 'allow-dns', 'allow-acme-challenges'])(
    'does not open what closes its namespace: %s',
    async (name) => {
      const path = `/apis/networking.k8s.io/v1/namespaces/staging/networkpolicies/${name}`;
      const before = await bed.find(path);
      expect(await status(client, 'PATCH', path, { spec: { ingress: [{}] } })).toBe(403);
      expect(await status(client, 'DELETE', path)).toBe(403);
      expect(await bed.find(path)).toEqual(before);
    },
  );

  test('cannot become what never expires: no pod and no Secret can carry its token', async () => {
    const secret = (namespace: string) => ({
      metadata: {
        name: 'everlasting',
        namespace,
        annotations: { 'kubernetes.io/service-account.name': 'deploy-staging' },
      },
      type: 'kubernetes.io/service-account-token',
    });
    expect(await status(client, 'POST', '/api/v1/namespaces/staging/secrets', secret('staging'))).toBe(200);
    // The account is not there, and the controller of tokens removes what claims it.
    await until(async () => (await bed.find('/api/v1/namespaces/staging/secrets/everlasting')) === undefined);
    expect(await status(bed.client, 'POST', '/api/v1/namespaces/access/secrets', secret('access'))).toBe(403);
    const pod = {
      metadata: { name: 'thief' },
      spec: {
        serviceAccountName: 'deploy-staging',
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'thief',
            image: 'example.com/thief:1',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    };
    expect(await status(bed.client, 'POST', '/api/v1/namespaces/access/pods', pod)).toBe(403);
  });

  test('an up of another environment changes nothing and says whose it is', async () => {
    const error = await environmentUp('production', file, 'staging').catch(String);
    expect(error).toMatch(
      /production\/\S+: deploy-staging may not create \S+ in the namespace production: it reaches the environment staging and nothing else\. Take the kubeconfig of the right identity/,
    );
    const { items } = await bed.client.request('GET', '/apis/apps/v1/namespaces/production/deployments', {
      signal,
    });
    expect(items).toEqual([]);
  });
});

describe('people', () => {
  let ada: ApiClient;
  let grace: ApiClient;
  beforeAll(async () => {
    ada = clientOf(await given('person-ada', 'staging', '--person', 'ada'));
    grace = clientOf(await given('person-grace', '--person', 'grace'));
  });

  test('have a context for each namespace, the first of which is their own', () => {
    const config = (name: string) => JSON.parse(readFileSync(fileOf(name), 'utf8'));
    expect([config('person-ada')['current-context'], config('person-grace')['current-context']]).toEqual([
      'staging',
      'grace',
    ]);
    expect(config('person-ada').contexts.map(({ name }: Properties) => name)).toEqual(['staging', 'ada']);
  });

  test('may do what their level says, and nothing elsewhere', async () => {
    const nobody = await rulesOf(ada, 'default');
    const expected = async (client: ApiClient, namespace: string, ...roles: Parameters<typeof spelt>) =>
      expect([namespace, await rulesOf(client, namespace)]).toEqual([
        namespace,
        [...new Set([...nobody, ...spelt(...roles)])].sort(),
      ]);
    await expected(ada, 'ada', READ, DEBUG, deploy());
    await expected(ada, 'staging', READ, DEBUG);
    await expected(grace, 'staging', READ);
    for (const namespace of ['production', 'access', 'kube-system', 'grace']) await expected(ada, namespace);
    await expected(grace, 'ada');
  });

  test('who reads sees logs and no Secrets; who debugs opens pods as well', async () => {
    const pods = list(
      await bed.client.request('GET', '/api/v1/namespaces/staging/pods', { signal }),
      'items',
    );
    const pod = `/api/v1/namespaces/staging/pods/${text(pods[0], 'metadata', 'name')}`;
    // Simulated pods have no node to ask: what is let through fails there.
    const refused = async (client: ApiClient, path: string) => (await status(client, 'GET', path)) === 403;
    expect(await refused(grace, `${pod}/log`)).toBe(false);
    expect(await refused(grace, `${pod}/exec?command=id&stdout=true`)).toBe(true);
    expect(await refused(ada, `${pod}/exec?command=id&stdout=true`)).toBe(false);
    expect(await refused(ada, `${pod}/portforward?ports=8080`)).toBe(false);
    expect(await refused(ada, '/api/v1/namespaces/staging/secrets/web')).toBe(true);
  });

  test('bring their own environment up', async () => {
    const { counts } = await environmentUp('ada', fileOf('person-ada'));
    expect(counts.create).toBeGreaterThan(8);
  });
});

describe('an end', () => {
  const namespace = '/api/v1/namespaces/staging/configmaps';

  test('of one identity ends each of its kubeconfigs and no other, and the next one works', async () => {
    const file = await given('deploy-staging', 'staging');
    const [old, ada] = [clientOf(file), clientOf(fileOf('person-ada'))];
    expect(await status(old, 'GET', namespace)).toBe(200);
    const { status: code, stdout } = await keelson('kubeconfig', 'staging', '--revoke', ...admin());
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('No kubeconfig of deploy-staging is good any more'),
    ]);
    await until(async () => (await status(old, 'GET', namespace)) === 401);
    expect(await status(ada, 'GET', namespace)).toBe(200);
    await expect(environmentUp('production', file, 'staging')).rejects.toThrow(
      /refuses the kubeconfig's credentials/,
    );
    await given('deploy-staging', 'staging');
    expect((await environmentUp('staging', file)).changes).toEqual([]);
    expect((await clusterUp()).changes).toEqual([]);
  });

  test('of a person ends theirs', async () => {
    const ada = clientOf(fileOf('person-ada'));
    expect(await status(ada, 'GET', namespace)).toBe(200);
    const { status: code, stdout } = await keelson('kubeconfig', '--person', 'ada', '--revoke', ...admin());
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('No kubeconfig of person-ada is good any more'),
    ]);
    await until(async () => (await status(ada, 'GET', namespace)) === 401);
  });

  test('comes for who leaves the team with the next up of the cluster', async () => {
    const grace = clientOf(fileOf('person-grace'));
    expect(await status(grace, 'GET', namespace)).toBe(200);
    writeApplication(project, { ada: 'debug' });
    await clusterUp();
    await until(async () => (await status(grace, 'GET', namespace)) === 403);
  });

  test('is nowhere in clear: neither tokens nor secrets, in state, configuration, output, arguments or temporary files', async () => {
    const secret = await bed.find('/api/v1/namespaces/staging/secrets/web');
    const value = Buffer.from(text(secret, 'data', 'key'), 'base64').toString();
    const files = ['deploy-staging', 'person-ada', 'person-grace'].map(fileOf);
    const secrets = [value, ...files.map(tokenOf)];
    expect(secrets.every((one) => one.length > 30)).toBe(true);
    // etcd is the cluster's own store: what the API server keeps, it keeps as it is.
    expect(filesWith(bed.folder, secrets, 'etcd').sort()).toEqual(files.sort());
    for (const one of secrets) expect(holds(written, one)).toBe(false);
    expect(watch.placesOf(secrets)).toEqual([]);
  });
});

/** `get configmaps`, `create deployments.apps`: what the API server lets a client do in a namespace. */
async function rulesOf(client: ApiClient, namespace: string): Promise<string[]> {
  const review = await client.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    body: { spec: { namespace } },
    signal,
  });
  const rules = list(review, 'status', 'resourceRules') as unknown as Parameters<typeof spelt>[0];
  return [...new Set(spelt(rules))].sort();
}

type Rule = { readonly apiGroups?: string[]; readonly resources?: string[]; readonly verbs: string[] };

const spelt = (...roles: (readonly Rule[])[]): string[] =>
  roles
    .flat()
    .flatMap(({ apiGroups = [], resources = [], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}${group && `.${group}`}`)),
      ),
    );
