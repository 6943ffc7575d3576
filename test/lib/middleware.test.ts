import { App, Chart } from 'cdk8s';
import { Middleware, type MiddlewareProps, securityHeaders } from '../../lib/constructs/middleware.js';
import { secretRef } from '../../lib/index.js';
import { declaredSecrets } from '../../lib/kube/secret-ref.js';
import { chartObjects } from '../support/chart-objects.js';
import { generatedCustomResourceDefinitions } from '../support/generated.js';
import { schemaProblems } from '../support/schema.js';

function middleware(props: MiddlewareProps) {
  const chart = new Chart(new App(), 'limits', { namespace: 'limits' });
  new Middleware(chart, 'one', props);
  const {
    objects: [object],
    problems,
  } = chartObjects(chart);
  if (!object) throw new Error('nothing was made');
  return { object, chart, problems };
}

test.each<[string, MiddlewareProps, unknown]>([
  ['rate limit', { rateLimit: { average: 10, burst: 50 } }, { rateLimit: { average: 10, burst: 50 } }],
  ['load shedding', { inFlightReq: { amount: 100 } }, { inFlightReq: { amount: 100 } }],
  [
    'allow list',
    { ipAllowList: { sourceRange: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7'] } },
    { ipAllowList: { sourceRange: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7'] } },
  ],
  ['compression', { compress: {} }, { compress: {} }],
  ['prefix', { stripPrefix: { prefixes: ['/api'] } }, { stripPrefix: { prefixes: ['/api'] } }],
  [
    'https',
    { redirectScheme: { scheme: 'https', permanent: true } },
    { redirectScheme: { scheme: 'https', permanent: true } },
  ],
  [
    'password',
    { basicAuth: { secret: secretRef('admins', 'users'), realm: 'admin' } },
    { basicAuth: { secret: 'admins', realm: 'admin' } },
  ],
  [
    'security headers',
    {
      headers: securityHeaders({
        frameDeny: false,
        contentSecurityPolicy: "default-src 'self'",
        customResponseHeaders: { 'X-Robots-Tag': 'noindex' },
      }),
    },
    {
      headers: {
        contentTypeNosniff: true,
        contentSecurityPolicy: "default-src 'self'",
        customResponseHeaders: { Server: '', 'X-Powered-By': '', 'X-Robots-Tag': 'noindex' },
        frameDeny: false,
        referrerPolicy: 'strict-origin-when-cross-origin',
        stsSeconds: 31536000,
      },
    },
  ],
])('%s is what the definition takes', (_name, props, spec) => {
  const { object, problems } = middleware(props);
  expect(problems).toEqual([]);
  expect(object.spec).toEqual(spec);
  expect(schemaProblems(object, generatedCustomResourceDefinitions)).toEqual([]);
});

test('the users of basic auth are asked of the stack, and stand in no manifest', () => {
  const { chart } = middleware({ basicAuth: { secret: secretRef('admins', 'users') } });
  expect(declaredSecrets(chart, () => true)).toEqual([{ secret: 'admins', key: 'users', generate: false }]);
});

test.each<[string, MiddlewareProps, string]>([
  ['none', {}, '(none) was given; exactly one is expected'],
  ['two at once', { compress: {}, rateLimit: { average: 1 } }, 'compress, rateLimit was given; exactly one'],
  ['a rate without a limit', { rateLimit: { burst: 5 } }, 'rateLimit.average: is missing or 0'],
  ['no requests at all', { inFlightReq: { amount: 0 } }, 'inFlightReq.amount: is missing or 0'],
  ['nobody allowed', { ipAllowList: {} }, 'ipAllowList.sourceRange: is empty'],
  ['a name as an address', { ipAllowList: { sourceRange: ['office'] } }, '"office" is no address'],
  [
    'an address that cannot be',
    { ipAllowList: { sourceRange: ['192.0.2.300'] } },
    '"192.0.2.300" is no addr',
  ],
  ['a prefix without its slash', { stripPrefix: { prefixes: ['api'] } }, '"api" must begin with "/"'],
  [
    'a password in clear',
    { basicAuth: { secret: 'admin:pa55' as never } },
    'a value was given where a secret reference belongs',
  ],
])('%s is said', (_name, props, message) => {
  const { problems, object } = middleware(props);
  expect(problems).toEqual([expect.stringContaining(message)]);
  expect(JSON.stringify(object)).not.toContain('pa55');
  expect(problems.join()).not.toContain('pa55');
});
