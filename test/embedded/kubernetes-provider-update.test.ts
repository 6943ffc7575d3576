import { configMap, configMaps, deployment, deployments, secret, useProvider } from './engine-double.js';

const bed = useProvider();

describe('update and diff', () => {
  const type = 'kubernetes:core/v1:ConfigMap';
  const id = 'shop/settings';

  test('applies under the manager of the create, after taking over its fields', async () => {
    const made = (await bed.engine.create(type, configMap({ a: '1' }))).outputs;
    await bed.engine.update(type, id, made, configMap({ a: '2' }));
    const manager = String(made.__fieldManager);
    const patches = bed.api.requests.filter((request) => request.startsWith('PATCH'));
    expect(patches).toEqual([
      `PATCH ${configMaps}/settings`,
      `PATCH ${configMaps}/settings?fieldManager=${manager}&force=false`,
    ]);
    expect(bed.api.objects.get(`${configMaps}/settings`)).toMatchObject({ data: { a: '2' } });
  });

  test('names the other field manager and the field in a conflict', async () => {
    const made = (await bed.engine.create(type, configMap({ a: '1' }))).outputs;
    const cause = {
      reason: 'FieldManagerConflict',
      message: 'conflict with "hpa" using v1',
      field: '.data.a',
    };
    const body = { reason: 'Conflict', message: 'Apply failed', details: { causes: [cause] } };
    bed.api.faults.set(`PATCH ${configMaps}/settings`, [
      { code: 200, body: made },
      { code: 409, body },
    ]);
    await expect(bed.engine.update(type, id, made, configMap({ a: '2' }))).rejects.toThrow(
      /ConfigMap "shop\/settings".*\n {2}\.data\.a: conflict with "hpa".*\n.*pulumi\.com\/patchForce/,
    );
  });

  test('finds nothing where nothing changed, also in secrets', async () => {
    const same = configMap({ a: secret('x'), n: null });
    expect(await bed.engine.diff(type, id, same, configMap({ a: secret('x') }))).toMatchObject({
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
    expect(await bed.engine.diff(kind, 'shop/web', before, image)).toEqual({
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
    expect(await bed.engine.diff(kind, 'shop/web', before, selector)).toMatchObject({
      replaces: ['spec.selector.matchLabels.app'],
      deleteFirst: true,
    });
    expect(await bed.engine.diff(kind, 'shop/web', before, deployment({}), ['spec'])).toMatchObject({
      changed: false,
    });
  });

  test('replaces for another name or namespace, the old one last', async () => {
    const renamed = configMap({}, { name: 'other' });
    expect(await bed.engine.diff(type, id, configMap({}), renamed)).toMatchObject({
      replaces: ['metadata.name'],
      deleteFirst: false,
    });
    const moved = configMap({}, { namespace: 'store' });
    expect(await bed.engine.diff(type, id, configMap({}), moved)).toMatchObject({
      replaces: ['metadata.namespace'],
    });
    const { namespace: _, ...metadata } = Object(configMap({}).metadata);
    const { metadata: __, ...rest } = configMap({});
    expect(
      await bed.engine.diff(
        type,
        'default/settings',
        { ...rest, metadata },
        configMap({}, { namespace: 'default' }),
      ),
    ).toMatchObject({ changed: false });
  });

  test('replaces a ConfigMap with new content unless told that it may change', async () => {
    const [before, after] = [configMap({ a: '1' }), configMap({ a: '2' })];
    expect((await bed.engine.diff(type, id, before, after)).replaces).toEqual(['data.a']);
    await bed.engine.configure({ kubeconfig: bed.api.kubeconfig(), enableConfigMapMutable: true });
    expect((await bed.engine.diff(type, id, before, after)).replaces).toEqual([]);
    expect((await bed.engine.diff(type, id, { ...before, immutable: true }, after)).replaces).toContain(
      'data.a',
    );
  });
});

test('a Patch applies to an object that is there and gives its fields back', async () => {
  const path = `${deployments}/web`;
  bed.api.put(path, deployment({}));
  const patch = deployment({ replicas: 3 }, { 'pulumi.com/patchForce': 'true' });
  const made = (await bed.engine.create('kubernetes:apps/v1:DeploymentPatch', patch)).outputs;
  expect(bed.api.requests.at(-1)).toMatch(/^PATCH .*\/web\?fieldManager=pulumi-kubernetes-\w+&force=true$/);
  await bed.engine.remove('kubernetes:apps/v1:DeploymentPatch', 'shop/web', made);
  expect(bed.api.requests.at(-1)).toBe(`PATCH ${path}?fieldManager=${made.__fieldManager}`);
  expect(bed.api.objects.has(path)).toBe(true);
});
