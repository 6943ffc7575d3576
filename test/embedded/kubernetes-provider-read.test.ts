import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { configMap, configMaps, secret, useProvider } from './engine-double.js';

const bed = useProvider();

describe('read', () => {
  test('shows drift in the fields that were applied, and nothing else', async () => {
    const inputs = configMap({ a: '1', b: '2' }, { labels: { team: 'x' } });
    const made = (await bed.engine.create('kubernetes:core/v1:ConfigMap', inputs)).outputs;
    expect(
      (await bed.engine.read('kubernetes:core/v1:ConfigMap', 'shop/settings', inputs, made)).inputs,
    ).toEqual(inputs);
    const path = `${configMaps}/settings`;
    const live = bed.api.objects.get(path) ?? {};
    bed.api.put(path, {
      ...live,
      data: { a: '9', c: '3' },
      metadata: { ...Object(live.metadata), labels: { team: 'x', y: 'z' } },
    });
    const { id, inputs: now } = await bed.engine.read(
      'kubernetes:core/v1:ConfigMap',
      'shop/settings',
      inputs,
      made,
    );
    expect(id).toBe('shop/settings');
    expect(now).toEqual(configMap({ a: '9' }, { labels: { team: 'x' } }));
  });

  test('shows drift of what a Secret got as stringData, still secret', async () => {
    const { data: _, ...inputs } = configMap({});
    const asked: Properties = { ...inputs, kind: 'Secret', stringData: { a: secret('old-value') } };
    const made = (await bed.engine.create('kubernetes:core/v1:Secret', asked)).outputs;
    const path = '/api/v1/namespaces/shop/secrets/settings';
    expect(bed.api.objects.get(path)).toMatchObject({
      data: { a: Buffer.from('old-value').toString('base64') },
    });
    expect(JSON.stringify(made)).not.toContain('"data":{"a"');
    const live = bed.api.objects.get(path) ?? {};
    bed.api.put(path, { ...live, data: { a: Buffer.from('new-value').toString('base64') } });
    const { inputs: now } = await bed.engine.read('kubernetes:core/v1:Secret', 'shop/settings', asked, made);
    expect(now.stringData).toEqual(secret({ a: 'new-value' }));
  });

  test('answers no id where the object is gone, and all inputs where it is imported', async () => {
    expect((await bed.engine.read('kubernetes:core/v1:ConfigMap', 'shop/none', configMap({}), {})).id).toBe(
      '',
    );
    await bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({ a: '1' }));
    const imported = await bed.engine.read('kubernetes:core/v1:ConfigMap', 'shop/settings', {}, {});
    expect(imported.inputs).toEqual(configMap({ a: '1' }));
  });
});

describe('delete', () => {
  const type = 'kubernetes:core/v1:ConfigMap';

  test('deletes in the foreground; what is gone is a success', async () => {
    const made = (await bed.engine.create(type, configMap({}))).outputs;
    await bed.engine.remove(type, 'shop/settings', made);
    expect(bed.api.requests.at(-1)).toBe(`DELETE ${configMaps}/settings?propagationPolicy=Foreground`);
    await bed.engine.remove(type, 'shop/settings', made);
    await bed.engine.remove('kubernetes:gone.dev/v1:Widget', 'shop/w', {
      apiVersion: 'gone.dev/v1',
      kind: 'Widget',
    });
  });

  test('waits for finalizers, and names them when they take too long', async () => {
    const held = configMap({}, { uid: '1', finalizers: ['keelson.dev/hold'] });
    const path = `${configMaps}/settings`;
    bed.api.put(path, held);
    setTimeout(() => bed.api.remove(path), 150);
    await bed.engine.remove(type, 'shop/settings', held);
    bed.api.put(path, held);
    await expect(bed.engine.remove(type, 'shop/settings', held, 1)).rejects.toThrow(
      /ConfigMap "shop\/settings" is still there 1 s.*\["keelson.dev\/hold"\]/,
    );
  });
});
