import { App, Chart } from 'cdk8s';
import { ConfigMap } from 'cdk8s-plus-27';
import { manifestsOf } from '../../lib/index.js';

const named = (chart: Chart, name: string) => new ConfigMap(chart, name, { metadata: { name } });

test('an app of cdk8s-plus is a manifest for each chart that has objects, by its path', () => {
  const app = new App();
  const shop = new Chart(app, 'shop', { namespace: 'shop' });
  const database = new Chart(shop, 'database');
  new Chart(app, 'empty');
  named(shop, 'web');
  named(database, 'tables');
  const names = manifestsOf(app).map(({ name, objects }) => [
    name,
    objects.map(({ metadata }) => metadata.name),
  ]);
  expect(names).toEqual([
    ['shop', ['web']],
    ['shop-database', ['tables']],
  ]);
  expect(manifestsOf(database)).toEqual([manifestsOf(app)[1]]);
  expect(manifestsOf(shop)[0]?.objects[0]).toMatchObject({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'shop' },
  });
});
