import fc from 'fast-check';
import { summaryLines } from '../../cli/summary.js';
import { Redis, Service, synthesize } from '../../lib/index.js';
import { smallApplication } from '../support/application.js';

const synthesis = synthesize(
  smallApplication({
    services: (env) => {
      const cache = new Redis(env, 'cache');
      new Service(env, 'web', {
        image: 'example.com/web:1',
        ports: { http: 80 },
        host: 'www',
        uses: [cache],
      });
    },
  }),
);

test('says what each stack would create, what it requests and where it answers', () => {
  const text = summaryLines(synthesis, 80).join('\n');
  expect(text).toMatch(/^small: \d+ objects in 1 environment on 1 cluster\n/);
  expect(text).toContain('main-cluster: ');
  expect(text).toMatch(/environment-staging \(\d\)/);
  expect(text).toContain('staging: 12 objects, requests 75m CPU and 192 MiB');
  expect(text).toContain('StatefulSet cache');
  expect(text).toContain('  https://www.staging.small.example.com');
});

test('fits any terminal in which its longest word fits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 50, max: 200 }), (width) =>
      summaryLines(synthesis, width).every((line) => line.length <= width),
    ),
  );
});
