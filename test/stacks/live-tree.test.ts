import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { createColors } from 'picocolors';
import { liveTree } from '../../stacks/live-tree.js';
import { RunRecord } from '../../stacks/run-record.js';
import { diagnostic, step } from './events.js';

const MANIFESTS = 'keelson:kubernetes:ClusterManifests';
const MANIFEST = `${MANIFESTS}$keelson:kubernetes:Manifest`;
const STACK = 'urn:pulumi:local::lunch';
const root = `${STACK}::pulumi:pulumi:Stack::lunch-local`;
const manifests = `${STACK}::${MANIFESTS}::lunch`;
const manifest = (name: string) => `${STACK}::${MANIFEST}::lunch/${name}`;
const object = (kind: string, name: string) =>
  `${STACK}::${MANIFEST}$kubernetes:v1:${kind}::local/${kind}/${name}`;

type Phase = 'resourcePreEvent' | 'resOutputsEvent' | 'resOpFailedEvent';
const told = (phase: Phase, urn: string, parent: string, timestamp = 0) =>
  step(phase, 'create', urn, {
    timestamp,
    new: { type: '', urn, id: '', parent, provider: '', inputs: {}, outputs: {} },
  } as never);

/** A run in which objects of manifests began, ended or failed, in this order. */
function recordOf(...happened: readonly (readonly [Phase, manifest: string, kind: string, name: string])[]) {
  const record = new RunRecord();
  record.add(told('resourcePreEvent', manifests, root));
  for (const [phase, part, kind, name] of happened) {
    record.add(told('resourcePreEvent', manifest(part), manifests));
    record.add(told(phase, object(kind, name), manifest(part), 3));
  }
  return record;
}

const BEGAN = 'resourcePreEvent';
const ENDED = 'resOutputsEvent';
const FAILED = 'resOpFailedEvent';

/** @param options of a terminal of 60 columns and 24 rows, without colours */
const drawn = (record: RunRecord, options: { width?: number; height?: number; color?: boolean } = {}) => {
  const { width = 60, height = 24, color = false } = options;
  return liveTree(
    { changes: record.changes, total: 53, startedAt: 0, now: 10 },
    { colors: createColors(color), width, height },
  );
};

test('the application, its parts, and the objects under way below the part that they belong to', () => {
  const record = recordOf(
    [ENDED, 'secrets', 'Secret', 'web'],
    [ENDED, 'lunch', 'Service', 'web'],
    [BEGAN, 'lunch', 'Deployment', 'web'],
    [BEGAN, 'platform', 'Job', 'migrate'],
  );
  record.add(diagnostic('info', 'Waiting for the rollout: 1 of 2 pods', object('Deployment', 'web')));
  // What is named after the application is the environment's.
  expect(drawn(record)).toEqual([
    'lunch: 2 of 53 done, 10 s',
    '  1 done: secrets',
    '  local: 1 done',
    '    creating Deployment local/web 7 s: Waiting for the rol…',
    '  platform',
    '    creating Job local/migrate 7 s',
  ]);
});

test('parts in which nothing happens are one line, and what failed in them is in capitals', () => {
  const record = recordOf(
    [ENDED, 'cert-manager', 'Service', 'webhook'],
    [ENDED, 'cert-manager', 'Deployment', 'webhook'],
    [FAILED, 'access', 'Role', 'deploy'],
    [ENDED, 'access', 'Role', 'read'],
  );
  expect(drawn(record)).toEqual(['lunch: 4 of 53 done, 10 s', '  3 done, 1 FAILED: cert-manager, access']);
});

test('what has no place for it is counted; a part keeps its name as long as it can', () => {
  const many = Array.from({ length: 9 }, (_, index) => [BEGAN, 'lunch', 'Pod', `p${index}`] as const);
  const record = recordOf(...many, [BEGAN, 'platform', 'Job', 'migrate']);
  expect(drawn(record)).toHaveLength(1 + 1 + 5 + 1 + 1 + 1);
  expect(drawn(record, { height: 8 })).toEqual([
    'lunch: 0 of 53 done, 10 s',
    '  local',
    '    creating Pod local/p0 7 s',
    '    creating Pod local/p1 7 s',
    '    and 7 more',
    '  platform',
    '    creating Job local/migrate 7 s',
  ]);
  expect(drawn(record, { height: 6 })).toEqual([
    'lunch: 0 of 53 done, 10 s',
    '  local',
    '    9 under way',
    '  platform',
    '    1 under way',
  ]);
});

test('without any event there is no name yet', () => {
  expect(drawn(new RunRecord())).toEqual(['0 of 53 done, 10 s']);
});

test('it fits any terminal, and colours change no text', () => {
  const name = fc.stringMatching(/^[a-z]{1,60}$/);
  const happened = fc.tuple(fc.constantFrom(BEGAN, ENDED, FAILED), name, fc.constant('Pod'), name);
  const size = { width: fc.integer({ min: 20, max: 120 }), height: fc.integer({ min: 2, max: 40 }) };
  fc.assert(
    fc.property(fc.array(happened, { maxLength: 30 }), fc.record(size), (some, screen) => {
      const record = recordOf(...some);
      const lines = drawn(record, screen);
      expect(lines.length).toBeLessThan(screen.height);
      expect(lines.every((line) => line.length < screen.width)).toBe(true);
      expect(drawn(record, { ...screen, color: true }).map(stripVTControlCharacters)).toEqual(lines);
    }),
  );
});
