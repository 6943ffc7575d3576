import routeguide from '../../examples/routeguide/app.js';
import { synthesize } from '../../lib/synth.js';
import { endpoints } from '../../stacks/endpoints.js';
import { objectsOf } from '../support/application.js';

test('every port of every Service is told where it answers inside the cluster', () => {
  const objects = objectsOf(synthesize(routeguide, { environments: ['staging'] }), 'staging');
  expect(endpoints(objects)).toEqual(
    expect.arrayContaining(['server.staging.svc:50051', 'places.staging.svc:6379']),
  );
  expect(endpoints([])).toEqual([]);
});
