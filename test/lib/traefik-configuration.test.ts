import { App, Chart } from 'cdk8s';
import { load } from 'js-yaml';
import {
  TraefikConfiguration,
  type TraefikConfigurationProps,
} from '../../lib/constructs/traefik-configuration.js';
import { chartObjects } from '../support/chart-objects.js';

function configuration(props: TraefikConfigurationProps = {}) {
  const chart = new Chart(new App(), 'traefik');
  new TraefikConfiguration(chart, 'traefik', props);
  const {
    objects: [object],
    problems,
  } = chartObjects(chart);
  const { valuesContent } = (object?.spec ?? {}) as { valuesContent: string };
  return {
    object,
    values: load(valuesContent) as Record<string, unknown> & { additionalArguments: string[] },
    problems,
  };
}

test('speaks to the traefik that k3s brings', () => {
  expect(configuration().object).toMatchObject({
    kind: 'HelmChartConfig',
    metadata: { name: 'traefik', namespace: 'kube-system' },
  });
});

test('http leads to the port that clients see, and not to the one inside the container', () => {
  expect(configuration().values.additionalArguments).toEqual(
    expect.arrayContaining([
      '--entryPoints.web.http.redirections.entryPoint.to=:443',
      '--entryPoints.web.http.redirections.entryPoint.scheme=https',
    ]),
  );
});

/** Seen with Helm's own library in charts 37.1.1, 38.0.2, 39.0.7, 40.3.0 and 41.3.0: these hold in each of them. */
const VALUES_OF_EVERY_CHART = [
  'additionalArguments',
  'deployment',
  'resources',
  'service',
  'tlsOptions',
  'updateStrategy',
];

test('names no value that a chart of some k3s drops or refuses', () => {
  expect(Object.keys(configuration({ trustedProxies: ['10.0.0.0/8'] }).values).sort()).toEqual(
    VALUES_OF_EVERY_CHART,
  );
});

test('an update loses no request, within the time that the pod has', () => {
  const { values } = configuration();
  expect(values.updateStrategy).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
  });
  const seconds = values.additionalArguments
    .filter((argument) => argument.startsWith('--entryPoints.websecure.transport.lifeCycle'))
    .map((argument) => Number(argument.split('=')[1]));
  expect(seconds).toHaveLength(2);
  const { terminationGracePeriodSeconds } = values.deployment as { terminationGracePeriodSeconds: number };
  expect(seconds.reduce((a, b) => a + b)).toBeLessThan(terminationGracePeriodSeconds);
});

test('headers of strangers are believed of nobody, of proxies when they are named', () => {
  const trusting = (props: TraefikConfigurationProps) =>
    configuration(props).values.additionalArguments.filter((argument) => argument.includes('trustedIPs'));
  expect(trusting({})).toEqual([]);
  expect(trusting({ trustedProxies: ['10.0.0.0/8', '192.0.2.1'] })).toContain(
    '--entryPoints.websecure.forwardedHeaders.trustedIPs=10.0.0.0/8,192.0.2.1',
  );
  expect(configuration({ trustedProxies: ['10.0.0.0/8', 'balancer'] }).problems).toEqual([
    expect.stringContaining('trustedProxies: "balancer" is no address and no range'),
  ]);
});

test('a value of the user replaces ours; one that would take the redirect away is refused', () => {
  const { values, problems } = configuration({
    values: { deployment: { kind: 'Deployment', replicas: 3 } },
    arguments: ['--log.level=DEBUG'],
    accessLog: false,
  });
  expect(problems).toEqual([]);
  expect(values.deployment).toEqual({ kind: 'Deployment', replicas: 3 });
  expect(values.additionalArguments).toContain('--log.level=DEBUG');
  expect(values.additionalArguments).not.toContain('--accesslog=true');
  expect(
    configuration({ values: { additionalArguments: [] }, arguments: ['debug'], resources: { memoryMiB: 0 } })
      .problems,
  ).toHaveLength(3);
});
