import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { configMap, configMaps, secret, unknown, useProvider } from './engine-double.js';

const bed = useProvider();

describe('create', () => {
  test('answers with the live object and keeps what was secret', async () => {
    const inputs = configMap({ plain: 'a', hidden: secret('b') });
    const made = await bed.engine.create('kubernetes:core/v1:ConfigMap', inputs);
    expect(made.id).toBe('shop/settings');
    const outputs = made.outputs;
    expect(outputs).toMatchObject({ data: { plain: 'a', hidden: secret('b') } });
    expect(outputs).toMatchObject({
      __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/),
    });
    expect(outputs.metadata).toHaveProperty('uid');
    expect(outputs.metadata).not.toHaveProperty('managedFields');
    expect(bed.api.objects.get(`${configMaps}/settings`)).toMatchObject({
      data: { plain: 'a', hidden: 'b' },
    });
  });

  test('refuses an object that exists and points to pulumi import', async () => {
    await bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({}));
    await expect(bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({}))).rejects.toThrow(
      /cannot create ConfigMap "shop\/settings".*already exists.*pulumi import/,
    );
  });

  test('takes an object for its own whose first answer was lost', async () => {
    const answers: Properties[] = [];
    bed.api.control = (path, object) => answers.push({ path, object });
    bed.api.faults.set(`POST ${configMaps}`, ['reset']);
    expect((await bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({}))).id).toBe('shop/settings');
    expect(answers).toHaveLength(1);
  });

  test('finishes what it has sent when the engine cancels', async () => {
    bed.api.faults.set(`POST ${configMaps}`, ['reset', 'reset']);
    const made = bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({}));
    setTimeout(() => void bed.engine.cancel(), 100);
    expect((await made).id).toBe('shop/settings');
    await expect(bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({}))).rejects.toThrow(
      /cancelled/,
    );
  });

  test('waits for a kind whose definition has only just been made', async () => {
    setTimeout(() => bed.api.kinds.set('/apis/acme.dev/v1', [['Widget', 'widgets', true]]), 200);
    const widget = { apiVersion: 'acme.dev/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } };
    expect((await bed.engine.create('kubernetes:acme.dev/v1:Widget', widget)).id).toBe('shop/w');
  });

  test('in a preview asks for a dry run, and shows no chosen values', async () => {
    const made = await bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({ a: 'b' }), {
      preview: true,
    });
    expect(made.id).toBe('');
    expect(made.outputs).toMatchObject(configMap({ a: 'b' }));
    expect(made.outputs.metadata).not.toHaveProperty('uid');
    expect(bed.api.objects.size).toBe(0);
    expect(bed.api.requests.at(-1)).toContain('dryRun=All');
  });

  test.each([
    ['an unknown value', 'kubernetes:core/v1:ConfigMap', configMap({ a: unknown })],
    [
      'a kind that is not there yet',
      'kubernetes:acme.dev/v2:Gadget',
      { ...configMap({}), apiVersion: 'acme.dev/v2', kind: 'Gadget' },
    ],
  ])('in a preview gives the inputs back for %s', async (_, type, inputs) => {
    const made = await bed.engine.create(type, inputs, { preview: true });
    expect(made.outputs).toEqual(inputs);
  });

  test('quotes no secret that the server quotes', async () => {
    const message = 'ConfigMap "settings" is invalid: data[x]: Invalid value: "hunter22"';
    bed.api.faults.set(`POST ${configMaps}`, [{ code: 422, body: { message, reason: 'Invalid' } }]);
    await expect(
      bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({ x: secret('hunter22') })),
    ).rejects.toThrow('Invalid value: "[secret]"');
  });

  test('comes again after 429 when the server says so, and after 503', async () => {
    const busy = { code: 429, body: {}, headers: { 'retry-after': '1' } };
    bed.api.faults.set(`POST ${configMaps}`, [busy, { code: 503, body: {} }]);
    const start = Date.now();
    await bed.engine.create('kubernetes:core/v1:ConfigMap', configMap({}));
    expect(Date.now() - start).toBeGreaterThan(850);
    expect(bed.api.requests.filter((request) => request.startsWith('POST'))).toHaveLength(3);
  });
});
