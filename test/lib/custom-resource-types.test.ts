import { App, Chart } from 'cdk8s';
import type {
  Certificate,
  HelmChart,
  IngressRoute,
  Middleware,
  ServiceMonitor,
} from '../../lib/generated/custom-resources/index.js';
import type { KubeObject } from '../../lib/index.js';
import { apiObject } from '../../lib/kube/api-object.js';
import prometheus from '../schema/prometheus-operator-crds.json';
import { chartObjects } from '../support/chart-objects.js';
import { generatedCustomResourceDefinitions } from '../support/generated.js';
import { schemaProblems } from '../support/schema.js';

/*
 * `tsc --noEmit` is what tests here: each @ts-expect-error is an error of its own where the compiler finds nothing
 * wrong. At run time the same objects are shown to the schemas that the types were made from.
 */
const definitions = [...generatedCustomResourceDefinitions, ...(prometheus as unknown as KubeObject[])];

const chart = () => new Chart(new App(), 'types');

function problemsOf(add: (scope: Chart) => void): string[] {
  const scope = chart();
  add(scope);
  return chartObjects(scope).objects.flatMap((object) => schemaProblems(object, definitions));
}

test('what is right compiles and is kept whole', () => {
  const right = problemsOf((scope) => {
    apiObject<ServiceMonitor>(scope, 'monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: 'web' },
      spec: { selector: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'metrics', interval: '30s' }] },
    });
    apiObject<HelmChart>(scope, 'chart', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChart',
      metadata: { name: 'own', namespace: 'kube-system' },
      spec: { chart: 'own', set: { replicas: 2, name: 'own' } },
    });
    apiObject<Middleware>(scope, 'plugin', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      metadata: { name: 'plugin' },
      spec: { plugin: { own: { anything: [1] } } },
    });
  });
  expect(right).toEqual([]);
});

test('a misspelt field does not compile', () => {
  const wrong = problemsOf((scope) => {
    apiObject<Certificate>(scope, 'certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'web' },
      // @ts-expect-error dnsName is no field
      spec: { secretName: 'web', issuerRef: { name: 'own' }, dnsName: ['www.example.com'] },
    });
    apiObject<Middleware>(scope, 'middleware', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      metadata: { name: 'limit' },
      // @ts-expect-error brust is no field
      spec: { rateLimit: { average: 1, brust: 2 } },
    });
  });
  expect(wrong).toEqual([
    expect.stringContaining('spec.dnsName: unknown field'),
    expect.stringContaining('spec.rateLimit.brust: unknown field'),
  ]);
});

test('nor does a value outside an enumeration, a missing field or a wrong version', () => {
  const wrong = problemsOf((scope) => {
    apiObject<Certificate>(scope, 'certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'web' },
      // @ts-expect-error DSA is not allowed
      spec: { secretName: 'web', issuerRef: { name: 'own' }, privateKey: { algorithm: 'DSA' } },
    });
    apiObject<IngressRoute>(scope, 'route', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRoute',
      metadata: { name: 'web' },
      // @ts-expect-error match is missing
      spec: { routes: [{ services: [] }] },
    });
    apiObject<IngressRoute>(scope, 'old', {
      // @ts-expect-error containo.us is gone
      apiVersion: 'traefik.containo.us/v1alpha1',
      kind: 'IngressRoute',
      metadata: { name: 'old' },
      spec: { routes: [] },
    });
  });
  expect(wrong).toEqual([
    expect.stringContaining('"DSA" is not allowed'),
    expect.stringContaining('"match" is missing'),
    expect.stringContaining('is unknown'),
  ]);
});
