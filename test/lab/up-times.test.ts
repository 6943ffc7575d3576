import type { EngineEvent } from '@pulumi/pulumi/automation';
import { RollOut } from './up-times.js';

const event = (of: 'resourcePreEvent' | 'resOutputsEvent', type: string, op: string) =>
  ({ [of]: { metadata: { type: `kubernetes:${type}`, op } } }) as unknown as EngineEvent;

test('a roll-out lasts from the first changed Deployment until the last one is done', () => {
  let now = 0;
  const rollOut = new RollOut(() => now);
  for (const [of, type, op] of [
    ['resourcePreEvent', 'apps/v1:Deployment', 'same'],
    ['resourcePreEvent', 'core/v1:Service', 'update'],
    ['resourcePreEvent', 'apps/v1:Deployment', 'update'],
    ['resourcePreEvent', 'apps/v1:Deployment', 'update'],
    ['resOutputsEvent', 'apps/v1:Deployment', 'update'],
    ['resOutputsEvent', 'apps/v1:Deployment', 'update'],
    ['resOutputsEvent', 'apps/v1:StatefulSet', 'update'],
    ['resOutputsEvent', 'apps/v1:Deployment', 'same'],
  ] as const) {
    now += 1;
    rollOut.add(event(of, type, op));
  }
  expect([rollOut.changing, rollOut.rolledOut]).toEqual([3, 6]);
});

test('where nothing is changed there is none', () => {
  const rollOut = new RollOut(() => 1);
  rollOut.add(event('resOutputsEvent', 'apps/v1:Deployment', 'same'));
  expect([rollOut.changing, rollOut.rolledOut]).toEqual([undefined, undefined]);
});
