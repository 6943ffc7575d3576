import { serveKubernetesProvider } from '../../embedded/kubernetes-provider/index.js';
import { configMap, EngineDouble, secret, unknown, useProvider } from './engine-double.js';
import { FakeApiServer } from './fake-api-server.js';

const bed = useProvider();

describe('configuration', () => {
  test('refuses another server, and none, and says how to mend it', async () => {
    const other = bed.api.kubeconfig('https://production.example.com');
    await expect(bed.engine.configure({ kubeconfig: other })).rejects.toThrow(
      /leads to https:\/\/production.example.com.*serves the embedded cluster at https:\/\/127.*install the real plugin/,
    );
    await expect(bed.engine.configure({})).rejects.toThrow(/no kubeconfig is given/);
    await expect(bed.engine.configure({ kubeconfig: bed.api.kubeconfig(), context: 'x' })).rejects.toThrow(
      /no entry "x".*has: c/,
    );
    await expect(bed.engine.configure({ kubeconfig: '/does/not/exist' })).rejects.toThrow(
      /neither a file nor/,
    );
  });

  test('is refused to run without one', async () => {
    const second = new EngineDouble(bed.port);
    await second.handshake();
    await expect(second.create('kubernetes:core/v1:ConfigMap', configMap({}))).rejects.toThrow(
      /not configured/,
    );
    second.close();
  });

  test('has a version that an SDK for 4.x accepts, and no functions', async () => {
    expect(await bed.engine.version()).toMatch(/^4\./);
    await expect(bed.engine.invoke('kubernetes:yaml:decode')).rejects.toThrow(/yaml:decode.*no functions/);
  });
});

describe('check', () => {
  test('fills in apiVersion and kind from the token and marks the content of a Secret', async () => {
    const { inputs, failures } = await bed.engine.check('kubernetes:core/v1:Secret', {
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
    ['kubernetes:helm.sh/v3:Release', { chart: 'x' }, /knows no Helm.*pulumi plugin install/],
    ['kubernetes:kustomize/v2:Directory', { directory: 'x' }, /API objects only/],
    ['kubernetes:core/v1:ConfigMapList', { metadata: { name: 'x' } }, /list is no object/],
    [
      'kubernetes:core/v1:ConfigMap',
      configMap({}, { annotations: { 'pulumi.com/waitFor': 'Ready' } }),
      /"Ready" is neither jsonpath/,
    ],
  ])('refuses %s %j', async (type, inputs, message) => {
    expect((await bed.engine.check(type, inputs)).failures).toEqual([expect.stringMatching(message)]);
  });

  test('lets an unknown name pass in a preview', async () => {
    expect((await bed.engine.check('kubernetes:core/v1:ConfigMap', { metadata: unknown })).failures).toEqual(
      [],
    );
  });
});

test('a server that is gone is an error that says so, or a success where deleteUnreachable is set', async () => {
  const api = new FakeApiServer();
  await api.start();
  const provider = await serveKubernetesProvider({ server: api.url });
  const engine = new EngineDouble(provider.port);
  await engine.handshake();
  await engine.configure({ kubeconfig: api.kubeconfig(), deleteUnreachable: true });
  await api.stop();
  const preview = await engine.create('kubernetes:core/v1:ConfigMap', configMap({}), { preview: true });
  expect(preview.outputs).toEqual(configMap({}));
  const removed = engine.remove('kubernetes:core/v1:ConfigMap', 'shop/settings', configMap({}));
  await expect(engine.create('kubernetes:core/v1:ConfigMap', configMap({}))).rejects.toThrow(
    /cannot create ConfigMap.*does not answer \(ECONNREFUSED\)/,
  );
  await removed;
  engine.close();
  await provider.close();
}, 30_000);
