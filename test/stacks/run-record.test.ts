import { resourceName } from '../../stacks/resource-name.js';
import { plain, RunRecord } from '../../stacks/run-record.js';
import { diagnostic, events, step, urnOf } from './events.js';

const web = urnOf('apps/v1:Deployment', 'shop/Deployment/web');

function recordOf(list: ReturnType<typeof events>): RunRecord {
  const record = new RunRecord();
  for (const event of list) record.add(event);
  return record;
}

describe('RunRecord', () => {
  it('tells what a preview would do, with the properties that change and what forces a replacement', () => {
    const { changes, counts, seconds } = recordOf(events('preview'));
    expect(counts).toEqual({ create: 0, update: 2, replace: 1, delete: 1, same: 9 });
    expect(seconds).toBeGreaterThan(0);
    const changed = changes.filter(({ operation }) => operation !== 'same');
    expect(
      changed.map(({ operation, kind, name, paths, forcing }) => [operation, kind, name, paths, forcing]),
    ).toEqual([
      ['update', 'ConfigMap', 'local/sessions', ['data.extra'], []],
      ['replace', 'StatefulSet', 'local/sessions', ['spec.serviceName'], ['spec.serviceName']],
      ['update', 'Deployment', 'local/web', ['spec.replicas', 'spec.template.spec.containers[0].image'], []],
      ['delete', 'PodDisruptionBudget', 'local/web', [], []],
    ]);
  });

  it('hands out each object once, when it came to its end', () => {
    const record = new RunRecord();
    const ended = events('up').flatMap((event) => {
      const change = record.add(event);
      return change && change.operation !== 'same' ? [`${change.operation} ${change.kind}`] : [];
    });
    expect(ended.sort()).toEqual([
      'delete PodDisruptionBudget',
      'replace StatefulSet',
      'update ConfigMap',
      'update Deployment',
    ]);
  });

  it('keeps failures apart, and the whole text of their errors', () => {
    const { changes, counts, diagnostics } = recordOf(events('failed'));
    expect(
      changes
        .filter(({ state }) => state === 'failed')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['local/sessions', 'local/web']);
    expect(counts).toMatchObject({ create: 1, update: 1 });
    expect(diagnostics.map(({ severity, object }) => [severity, object])).toEqual([
      ['error', 'ServiceAccount local/sessions'],
      ['error', 'ServiceAccount local/web'],
    ]);
    expect(diagnostics[0]?.message).toContain('metadata.labels: Invalid value: "no spaces allowed"');
  });

  it('knows what was refused because the cluster has it already, until it begins anew', () => {
    const other = urnOf('core/v1:ConfigMap', 'shop/ConfigMap/other');
    const inputs = { metadata: { name: 'web', namespace: 'shop' } };
    const hidden = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: '' };
    const failed = (urn: string) =>
      step('resOpFailedEvent', 'create', urn, {
        new: {
          urn,
          type: 'kubernetes:apps/v1:Deployment',
          id: '',
          parent: 'p',
          provider: 'c',
          inputs: { ...inputs, stringData: hidden },
          outputs: {},
        },
      });
    const record = recordOf([
      failed(web),
      diagnostic('error', 'cannot create Deployment: deployments.apps "web" already exists.', web),
      failed(other),
      diagnostic('error', 'configmaps "other" is forbidden', other),
    ]);
    expect(record.refused).toEqual([
      { urn: web, type: 'kubernetes:apps/v1:Deployment', custom: true, parent: 'p', provider: 'c', inputs },
    ]);
    record.restart();
    expect([record.refused, record.diagnostics]).toEqual([[], []]);
  });

  it('shows what an object under way waits for', () => {
    const record = recordOf([
      step('resourcePreEvent', 'create', web, { timestamp: 5 }),
      diagnostic('info', '<{%fg 1%}>waiting: 1 of 2 pods ready<{%reset%}>\n', web),
    ]);
    expect(record.changes).toMatchObject([
      { state: 'running', since: 5, status: 'waiting: 1 of 2 pods ready' },
    ]);
    expect(record.diagnostics).toEqual([]);
  });

  it('counts objects only, and says each warning once', () => {
    const record = recordOf([
      step('resOutputsEvent', 'create', 'urn:pulumi:dev::shop::pulumi:providers:kubernetes::cluster'),
      step('resOutputsEvent', 'create', 'urn:pulumi:dev::shop::keelson:kubernetes:ClusterManifests::shop'),
      diagnostic('warning', 'warning: use v1'),
      diagnostic('warning', 'use v1'),
      diagnostic('error', 'update failed'),
    ]);
    expect(record.changes).toEqual([]);
    expect(record.diagnostics).toEqual([{ severity: 'warning', object: undefined, message: 'use v1' }]);
  });

  it('notices that the last run was killed, without the engine’s essay on it', () => {
    const record = recordOf([
      diagnostic(
        'warning',
        `Attempting to deploy or update resources with 1 pending operations from previous deployment.\n  * ${web}, interrupted while creating\nThese resources…`,
      ),
    ]);
    expect([...record.unsure]).toEqual([web]);
    expect(record.diagnostics).toEqual([]);
    record.restart();
    expect(record.unsure.size).toBe(0);
  });

  it('notices what is being deleted though the program has it, and says so in a preview', () => {
    const old = { urn: web, outputs: { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } } };
    const more = { old } as never;
    const record = recordOf([step('resourcePreEvent', 'same', web, more)]);
    expect([...record.unsure]).toEqual([web]);
    expect(record.ending).toMatchObject([{ severity: 'warning', object: 'Deployment shop/web' }]);
    expect(recordOf([step('resourcePreEvent', 'delete', web, more)]).unsure.size).toBe(0);
  });
});

test.each([
  [web, 'Deployment', 'shop/web', true],
  [
    urnOf('rbac.authorization.k8s.io/v1:ClusterRole', 'ClusterRole/system:node'),
    'ClusterRole',
    'system:node',
    true,
  ],
  ['urn:pulumi:dev::shop::pulumi:providers:kubernetes::cluster', 'kubernetes', 'cluster', false],
  ['urn:pulumi:dev::shop::a:b:C$digitalocean:index/droplet:Droplet::node', 'Droplet', 'node', false],
])('resourceName of %s', (urn, kind, name, isObject) => {
  expect(resourceName(urn)).toEqual({ kind, name, isObject });
});

test('plain takes colours and labels off', () => {
  expect(plain('<{%reset%}>error: \u001b[31mboom\u001b[0m\n')).toBe('error: boom'.slice(7));
});
