import { credentials, type ServiceError } from '@grpc/grpc-js';
import type { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { serveKubernetesProvider } from '../../embedded/kubernetes-provider/index.js';
import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { FakeApiServer } from './fake-api-server.js';

const api = new FakeApiServer();
let provider: Awaited<ReturnType<typeof serveKubernetesProvider>>;
let client: ResourceProviderClient;

const secret = (value: Properties[string]): Properties => ({
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  value,
});
const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const struct = (properties: Properties) => Struct.fromJavaScript(properties);
const plain = (value: Struct | undefined) => (value?.toJavaScript() ?? {}) as Properties;
const urn = (type: string) => `urn:pulumi:dev::shop::${type}::it`;
const configMaps = '/api/v1/namespaces/shop/configmaps';
const deployments = '/apis/apps/v1/namespaces/shop/deployments';

type Done<Response> = (error: ServiceError | null, response: Response) => void;

/** Calls the provider as the engine does. */
function call<Response>(method: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) =>
    method((error, response) => (error ? reject(error) : resolve(response))),
  );
}

function configMap(data: Properties, metadata: Properties = {}): Properties {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', ...metadata },
    data,
  };
}

function deployment(spec: Properties, annotations: Properties = {}): Properties {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', annotations },
    spec,
  };
}

function create(type: string, inputs: Properties, options: { preview?: boolean; timeout?: number } = {}) {
  const request = new messages.CreateRequest().setUrn(urn(type)).setProperties(struct(inputs));
  request.setPreview(options.preview ?? false).setTimeout(options.timeout ?? 0);
  return call<messages.CreateResponse>((done) => client.create(request, done));
}

async function update(type: string, id: string, olds: Properties, news: Properties) {
  const request = new messages.UpdateRequest().setUrn(urn(type)).setId(id).setOlds(struct(olds));
  return plain(
    (
      await call<messages.UpdateResponse>((done) => client.update(request.setNews(struct(news)), done))
    ).getProperties(),
  );
}

async function diff(type: string, id: string, before: Properties, after: Properties, ignored: string[] = []) {
  const request = new messages.DiffRequest().setUrn(urn(type)).setId(id).setOldInputs(struct(before));
  const answer = await call<messages.DiffResponse>((done) =>
    client.diff(request.setNews(struct(after)).setIgnorechangesList(ignored), done),
  );
  const paths: string[] = [];
  answer.getDetaileddiffMap().forEach((_: messages.PropertyDiff, path: string) => void paths.push(path));
  return {
    changed: answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
    paths,
    replaces: answer.getReplacesList(),
    deleteFirst: answer.getDeletebeforereplace(),
  };
}

function remove(type: string, id: string, olds: Properties, timeout = 0) {
  const request = new messages.DeleteRequest().setUrn(urn(type)).setId(id).setProperties(struct(olds));
  return call<Empty>((done) => client.delete(request.setOldInputs(struct(olds)).setTimeout(timeout), done));
}

async function read(type: string, id: string, inputs: Properties, properties: Properties) {
  const request = new messages.ReadRequest().setUrn(urn(type)).setId(id).setInputs(struct(inputs));
  const answer = await call<messages.ReadResponse>((done) =>
    client.read(request.setProperties(struct(properties)), done),
  );
  return { id: answer.getId(), inputs: plain(answer.getInputs()), outputs: plain(answer.getProperties()) };
}

function configure(inputs: Properties) {
  return call<messages.ConfigureResponse>((done) =>
    client.configure(new messages.ConfigureRequest().setArgs(struct(inputs)), done),
  );
}

/** A controller that makes every Deployment ready at once. */
function rollOut(path: string, object: Properties): void {
  if (object.kind !== 'Deployment') return;
  const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  api.put(path, { ...object, metadata: { ...Object(object.metadata), generation: 1 }, status });
}

beforeAll(() => api.start());
afterAll(() => api.stop());
beforeEach(async () => {
  api.objects.clear();
  api.faults.clear();
  api.requests.length = 0;
  api.control = () => {};
  provider = await serveKubernetesProvider({ server: api.url });
  client = new ResourceProviderClient(`127.0.0.1:${provider.port}`, credentials.createInsecure());
  const shaken = await call<messages.ProviderHandshakeResponse>((done) =>
    client.handshake(new messages.ProviderHandshakeRequest(), done),
  );
  expect(shaken.getAcceptSecrets()).toBe(true);
  await configure({ kubeconfig: secret(api.kubeconfig()), suppressHelmHookWarnings: 'true' });
});
afterEach(async () => {
  client.close();
  await provider.close();
});

describe('configuration', () => {
  test('refuses another server, and none, and says how to mend it', async () => {
    const other = api.kubeconfig('https://production.example.com');
    await expect(configure({ kubeconfig: other })).rejects.toThrow(
      /leads to https:\/\/production.example.com.*serves the embedded cluster at https:\/\/127.*install the real plugin/,
    );
    await expect(configure({})).rejects.toThrow(/no kubeconfig is given/);
    await expect(configure({ kubeconfig: api.kubeconfig(), context: 'x' })).rejects.toThrow(
      /no entry "x".*has: c/,
    );
    await expect(configure({ kubeconfig: '/does/not/exist' })).rejects.toThrow(/neither a file nor/);
  });

  test('is refused to run without one', async () => {
    const second = new ResourceProviderClient(`127.0.0.1:${provider.port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    const first = client;
    client = second;
    await call<messages.ProviderHandshakeResponse>((done) =>
      client.handshake(new messages.ProviderHandshakeRequest(), done),
    );
    await expect(create('kubernetes:core/v1:ConfigMap', configMap({}))).rejects.toThrow(/not configured/);
    first.close();
  });

  test('has a version that an SDK for 4.x accepts, and no functions', async () => {
    expect((await call<PluginInfo>((done) => client.getPluginInfo(new Empty(), done))).getVersion()).toMatch(
      /^4\./,
    );
    const invoke = new messages.InvokeRequest().setTok('kubernetes:yaml:decode');
    await expect(call<messages.InvokeResponse>((done) => client.invoke(invoke, done))).rejects.toThrow(
      /kubernetes:yaml:decode.*no functions/,
    );
  });
});

describe('check', () => {
  async function check(type: string, news: Properties) {
    const request = new messages.CheckRequest().setUrn(urn(type)).setNews(struct(news));
    const answer = await call<messages.CheckResponse>((done) => client.check(request, done));
    return {
      inputs: plain(answer.getInputs()),
      failures: answer.getFailuresList().map((failure) => `${failure.getProperty()} ${failure.getReason()}`),
    };
  }

  test('fills in apiVersion and kind from the token and marks the content of a Secret', async () => {
    const { inputs, failures } = await check('kubernetes:core/v1:Secret', {
      metadata: { name: 'key', creationTimestamp: null },
      data: { a: 'YQ==' },
    });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key' },
      data: secret({ a: 'YQ==' }),
    });
  });

  test.each([
    ['kubernetes:core/v1:ConfigMap', { metadata: {} }, /^metadata.name is missing/],
    ['kubernetes:helm.sh/v3:Release', { metadata: { name: 'x' } }, /API objects only/],
    ['kubernetes:core/v1:ConfigMapList', { metadata: { name: 'x' } }, /list is no object/],
    [
      'kubernetes:core/v1:ConfigMap',
      configMap({}, { annotations: { 'pulumi.com/waitFor': 'Ready' } }),
      /"Ready" is neither jsonpath/,
    ],
  ])('refuses %s %j', async (type, inputs, message) => {
    expect((await check(type, inputs)).failures).toEqual([expect.stringMatching(message)]);
  });

  test('lets an unknown name pass in a preview', async () => {
    expect((await check('kubernetes:core/v1:ConfigMap', { metadata: unknown })).failures).toEqual([]);
  });
});

describe('create', () => {
  test('answers with the live object and keeps what was secret', async () => {
    const inputs = configMap({ plain: 'a', hidden: secret('b') });
    const made = await create('kubernetes:core/v1:ConfigMap', inputs);
    expect(made.getId()).toBe('shop/settings');
    const outputs = plain(made.getProperties());
    expect(outputs).toMatchObject({ data: { plain: 'a', hidden: secret('b') } });
    expect(outputs).toMatchObject({
      __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/),
    });
    expect(outputs.metadata).toHaveProperty('uid');
    expect(outputs.metadata).not.toHaveProperty('managedFields');
    expect(api.objects.get(`${configMaps}/settings`)).toMatchObject({ data: { plain: 'a', hidden: 'b' } });
  });

  test('refuses an object that exists and points to pulumi import', async () => {
    await create('kubernetes:core/v1:ConfigMap', configMap({}));
    await expect(create('kubernetes:core/v1:ConfigMap', configMap({}))).rejects.toThrow(
      /cannot create ConfigMap "shop\/settings".*already exists.*pulumi import/,
    );
  });

  test('takes an object for its own whose first answer was lost', async () => {
    const answers: Properties[] = [];
    api.control = (path, object) => answers.push({ path, object });
    api.faults.set(`POST ${configMaps}`, ['reset']);
    expect((await create('kubernetes:core/v1:ConfigMap', configMap({}))).getId()).toBe('shop/settings');
    expect(answers).toHaveLength(1);
  });

  test('waits for a kind whose definition has only just been made', async () => {
    setTimeout(() => api.kinds.set('/apis/acme.dev/v1', [['Widget', 'widgets', true]]), 200);
    const widget = { apiVersion: 'acme.dev/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } };
    expect((await create('kubernetes:acme.dev/v1:Widget', widget)).getId()).toBe('shop/w');
  });

  test('in a preview asks for a dry run, and shows no chosen values', async () => {
    const made = await create('kubernetes:core/v1:ConfigMap', configMap({ a: 'b' }), { preview: true });
    expect(made.getId()).toBe('');
    expect(plain(made.getProperties())).toMatchObject(configMap({ a: 'b' }));
    expect(plain(made.getProperties()).metadata).not.toHaveProperty('uid');
    expect(api.objects.size).toBe(0);
    expect(api.requests.at(-1)).toContain('dryRun=All');
  });

  test.each([
    ['an unknown value', 'kubernetes:core/v1:ConfigMap', configMap({ a: unknown })],
    [
      'a kind that is not there yet',
      'kubernetes:acme.dev/v2:Gadget',
      { ...configMap({}), apiVersion: 'acme.dev/v2', kind: 'Gadget' },
    ],
  ])('in a preview gives the inputs back for %s', async (_, type, inputs) => {
    const made = await create(type, inputs, { preview: true });
    expect(plain(made.getProperties())).toEqual(inputs);
  });

  test('quotes no secret that the server quotes', async () => {
    const message = 'ConfigMap "settings" is invalid: data[x]: Invalid value: "hunter22"';
    api.faults.set(`POST ${configMaps}`, [{ code: 422, body: { message, reason: 'Invalid' } }]);
    await expect(
      create('kubernetes:core/v1:ConfigMap', configMap({ x: secret('hunter22') })),
    ).rejects.toThrow('Invalid value: "[secret]"');
  });

  test('comes again after 429 when the server says so, and after 503', async () => {
    const busy = { code: 429, body: {}, headers: { 'retry-after': '1' } };
    api.faults.set(`POST ${configMaps}`, [busy, { code: 503, body: {} }]);
    const start = Date.now();
    await create('kubernetes:core/v1:ConfigMap', configMap({}));
    expect(Date.now() - start).toBeGreaterThan(850);
    expect(api.requests.filter((request) => request.startsWith('POST'))).toHaveLength(3);
  });
});

describe('waiting', () => {
  test('resolves once the Deployment is rolled out', async () => {
    api.control = (path, object) => setTimeout(() => rollOut(path, object), 100);
    const made = await create('kubernetes:apps/v1:Deployment', deployment({}));
    expect(plain(made.getProperties())).toMatchObject({ status: { availableReplicas: 1 } });
  });

  test('goes on when the server ends a watch', async () => {
    const path = `${deployments}/web`;
    const made = create('kubernetes:apps/v1:Deployment', deployment({}));
    setTimeout(() => api.endWatches(), 100);
    setTimeout(() => rollOut(path, api.objects.get(path) ?? {}), 150);
    expect((await made).getId()).toBe('shop/web');
  });

  test('keeps the object in the state and says what was not ready', async () => {
    const inputs = deployment({ replicas: 2, selector: { matchLabels: { app: 'web' } } });
    api.control = (path, object) =>
      api.put(path, {
        ...object,
        status: {
          updatedReplicas: 2,
          replicas: 2,
          conditions: [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }],
        },
      });
    const error: ServiceError = await create('kubernetes:apps/v1:Deployment', inputs, { timeout: 0.5 }).then(
      () => Promise.reject(new Error('was ready')),
      (reason) => reason,
    );
    expect(error.details).toMatch(
      /Deployment "shop\/web" is there, but did not become ready within 0.5 s: 0 of 2 replicas available/,
    );
    const [bytes] = error.metadata.get('grpc-status-details-bin');
    const [detail] = Status.deserializeBinary(bytes as Buffer).getDetailsList();
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? Buffer.of());
    expect(failed.getId()).toBe('shop/web');
    expect(plain(failed.getProperties())).toHaveProperty('__fieldManager');
    expect(failed.getReasonsList()).toContain('condition Available is False (MinimumReplicasUnavailable)');
  });

  test.each([
    [{ 'pulumi.com/skipAwait': 'true' }, undefined],
    [
      { 'pulumi.com/waitFor': 'jsonpath={.status.phases[?(@.name=="a")].state}=done' },
      { phases: [{ name: 'a', state: 'done' }] },
    ],
    [
      { 'pulumi.com/waitFor': '["condition=Good","jsonpath={.status[\'x\'][0]}"]' },
      { x: [1], conditions: [{ type: 'Good', status: 'True' }] },
    ],
  ])('honours %j', async (annotations, status) => {
    api.control = (path, object) => {
      if (status) setTimeout(() => api.put(path, { ...object, status }), 50);
    };
    await create('kubernetes:apps/v1:Deployment', deployment({}, annotations), { timeout: 5 });
  });

  test('ends when the engine cancels, without losing the object', async () => {
    const made = create('kubernetes:apps/v1:Deployment', deployment({}));
    setTimeout(() => void call<Empty>((done) => client.cancel(new Empty(), done)), 200);
    await expect(made).rejects.toThrow(/Deployment "shop\/web": waiting was cancelled/);
  });
});

describe('update and diff', () => {
  const type = 'kubernetes:core/v1:ConfigMap';
  const id = 'shop/settings';

  test('applies under the manager of the create, after taking over its fields', async () => {
    const made = plain((await create(type, configMap({ a: '1' }))).getProperties());
    await update(type, id, made, configMap({ a: '2' }));
    const manager = String(made.__fieldManager);
    const patches = api.requests.filter((request) => request.startsWith('PATCH'));
    expect(patches).toEqual([
      `PATCH ${configMaps}/settings`,
      `PATCH ${configMaps}/settings?fieldManager=${manager}&force=false`,
    ]);
    expect(api.objects.get(`${configMaps}/settings`)).toMatchObject({ data: { a: '2' } });
  });

  test('names the other field manager and the field in a conflict', async () => {
    const made = plain((await create(type, configMap({ a: '1' }))).getProperties());
    const cause = {
      reason: 'FieldManagerConflict',
      message: 'conflict with "hpa" using v1',
      field: '.data.a',
    };
    const body = { reason: 'Conflict', message: 'Apply failed', details: { causes: [cause] } };
    api.faults.set(`PATCH ${configMaps}/settings`, [
      { code: 200, body: made },
      { code: 409, body },
    ]);
    await expect(update(type, id, made, configMap({ a: '2' }))).rejects.toThrow(
      /ConfigMap "shop\/settings".*\n {2}\.data\.a: conflict with "hpa".*\n.*pulumi\.com\/patchForce/,
    );
  });

  test('finds nothing where nothing changed, also in secrets', async () => {
    const same = configMap({ a: secret('x'), n: null });
    expect(await diff(type, id, same, configMap({ a: secret('x') }))).toMatchObject({
      changed: false,
      paths: [],
    });
  });

  test('gives the path of each change and replaces what cannot change', async () => {
    const before = deployment({
      replicas: 1,
      selector: { matchLabels: { app: 'a' } },
      containers: [{ image: 'a' }],
    });
    const kind = 'kubernetes:apps/v1:Deployment';
    const image = deployment({
      replicas: 1,
      selector: { matchLabels: { app: 'a' } },
      containers: [{ image: 'b' }],
    });
    expect(await diff(kind, 'shop/web', before, image)).toEqual({
      changed: true,
      paths: ['spec.containers[0].image'],
      replaces: [],
      deleteFirst: false,
    });
    const selector = deployment({
      replicas: 1,
      selector: { matchLabels: { app: 'b' } },
      containers: [{ image: 'a' }],
    });
    expect(await diff(kind, 'shop/web', before, selector)).toMatchObject({
      replaces: ['spec.selector.matchLabels.app'],
      deleteFirst: true,
    });
    expect(await diff(kind, 'shop/web', before, deployment({}), ['spec'])).toMatchObject({ changed: false });
  });

  test('replaces for another name or namespace, the old one last', async () => {
    const renamed = configMap({}, { name: 'other' });
    expect(await diff(type, id, configMap({}), renamed)).toMatchObject({
      replaces: ['metadata.name'],
      deleteFirst: false,
    });
    const moved = configMap({}, { namespace: 'store' });
    expect(await diff(type, id, configMap({}), moved)).toMatchObject({ replaces: ['metadata.namespace'] });
    const { namespace: _, ...metadata } = Object(configMap({}).metadata);
    const { metadata: __, ...rest } = configMap({});
    expect(
      await diff(type, 'default/settings', { ...rest, metadata }, configMap({}, { namespace: 'default' })),
    ).toMatchObject({ changed: false });
  });

  test('replaces a ConfigMap with new content unless told that it may change', async () => {
    const [before, after] = [configMap({ a: '1' }), configMap({ a: '2' })];
    expect((await diff(type, id, before, after)).replaces).toEqual(['data.a']);
    await configure({ kubeconfig: api.kubeconfig(), enableConfigMapMutable: true });
    expect((await diff(type, id, before, after)).replaces).toEqual([]);
    expect((await diff(type, id, { ...before, immutable: true }, after)).replaces).toContain('data.a');
  });
});

describe('read', () => {
  test('shows drift in the fields that were applied, and nothing else', async () => {
    const inputs = configMap({ a: '1', b: '2' }, { labels: { team: 'x' } });
    const made = plain((await create('kubernetes:core/v1:ConfigMap', inputs)).getProperties());
    expect((await read('kubernetes:core/v1:ConfigMap', 'shop/settings', inputs, made)).inputs).toEqual(
      inputs,
    );
    const path = `${configMaps}/settings`;
    const live = api.objects.get(path) ?? {};
    api.put(path, {
      ...live,
      data: { a: '9', c: '3' },
      metadata: { ...Object(live.metadata), labels: { team: 'x', y: 'z' } },
    });
    const { id, inputs: now } = await read('kubernetes:core/v1:ConfigMap', 'shop/settings', inputs, made);
    expect(id).toBe('shop/settings');
    expect(now).toEqual(configMap({ a: '9' }, { labels: { team: 'x' } }));
  });

  test('shows drift of what a Secret got as stringData, still secret', async () => {
    const { data: _, ...inputs } = configMap({});
    const asked: Properties = { ...inputs, kind: 'Secret', stringData: { a: secret('old-value') } };
    const made = plain((await create('kubernetes:core/v1:Secret', asked)).getProperties());
    const path = '/api/v1/namespaces/shop/secrets/settings';
    expect(api.objects.get(path)).toMatchObject({ data: { a: Buffer.from('old-value').toString('base64') } });
    expect(JSON.stringify(made)).not.toContain('"data":{"a"');
    const live = api.objects.get(path) ?? {};
    api.put(path, { ...live, data: { a: Buffer.from('new-value').toString('base64') } });
    const { inputs: now } = await read('kubernetes:core/v1:Secret', 'shop/settings', asked, made);
    expect(now.stringData).toEqual(secret({ a: 'new-value' }));
  });

  test('answers no id where the object is gone, and all inputs where it is imported', async () => {
    expect((await read('kubernetes:core/v1:ConfigMap', 'shop/none', configMap({}), {})).id).toBe('');
    await create('kubernetes:core/v1:ConfigMap', configMap({ a: '1' }));
    const imported = await read('kubernetes:core/v1:ConfigMap', 'shop/settings', {}, {});
    expect(imported.inputs).toEqual(configMap({ a: '1' }));
  });
});

describe('delete', () => {
  const type = 'kubernetes:core/v1:ConfigMap';

  test('deletes in the foreground; what is gone is a success', async () => {
    const made = plain((await create(type, configMap({}))).getProperties());
    await remove(type, 'shop/settings', made);
    expect(api.requests.at(-1)).toBe(`DELETE ${configMaps}/settings?propagationPolicy=Foreground`);
    await remove(type, 'shop/settings', made);
    await remove('kubernetes:gone.dev/v1:Widget', 'shop/w', { apiVersion: 'gone.dev/v1', kind: 'Widget' });
  });

  test('waits for finalizers, and names them when they take too long', async () => {
    const held = configMap({}, { uid: '1', finalizers: ['keelson.dev/hold'] });
    const path = `${configMaps}/settings`;
    api.put(path, held);
    setTimeout(() => api.remove(path), 150);
    await remove(type, 'shop/settings', held);
    api.put(path, held);
    await expect(remove(type, 'shop/settings', held, 0.3)).rejects.toThrow(
      /ConfigMap "shop\/settings" is still there 0.3 s.*\["keelson.dev\/hold"\]/,
    );
  });
});

test('a Patch applies to an object that is there and gives its fields back', async () => {
  const path = `${deployments}/web`;
  api.put(path, deployment({}));
  const patch = deployment({ replicas: 3 }, { 'pulumi.com/patchForce': 'true' });
  const made = plain((await create('kubernetes:apps/v1:DeploymentPatch', patch)).getProperties());
  expect(api.requests.at(-1)).toMatch(/^PATCH .*\/web\?fieldManager=pulumi-kubernetes-\w+&force=true$/);
  await remove('kubernetes:apps/v1:DeploymentPatch', 'shop/web', made);
  expect(api.requests.at(-1)).toBe(`PATCH ${path}?fieldManager=${made.__fieldManager}`);
  expect(api.objects.has(path)).toBe(true);
});

test('a server that is gone is an error that says so, or a success where deleteUnreachable is set', async () => {
  const lonely = new FakeApiServer();
  await lonely.start();
  const own = await serveKubernetesProvider({ server: lonely.url });
  const shared = client;
  client = new ResourceProviderClient(`127.0.0.1:${own.port}`, credentials.createInsecure());
  await call<messages.ProviderHandshakeResponse>((done) =>
    client.handshake(new messages.ProviderHandshakeRequest(), done),
  );
  await configure({ kubeconfig: lonely.kubeconfig(), deleteUnreachable: true });
  await lonely.stop();
  const preview = await create('kubernetes:core/v1:ConfigMap', configMap({}), { preview: true });
  expect(plain(preview.getProperties())).toEqual(configMap({}));
  const removed = remove('kubernetes:core/v1:ConfigMap', 'shop/settings', configMap({}));
  await expect(create('kubernetes:core/v1:ConfigMap', configMap({}))).rejects.toThrow(
    /cannot create ConfigMap.*does not answer \(ECONNREFUSED\)/,
  );
  await removed;
  client.close();
  client = shared;
  await own.close();
}, 30_000);
