import { simulated } from '../../cli/simulated.js';
import { synthesize } from '../../lib/index.js';
import { objectsOf, smallApplication } from '../support/application.js';
import { machines } from '../support/machines.js';

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const several = simulated(
  synthesize(smallApplication({ clusters: { main: { machines: machines({ servers: 3 }) } } })),
);

test('on simulated nodes no volume is attached, and nobody is asked for the token of its driver', () => {
  expect(objectsOf(several).filter(({ metadata }) => metadata.namespace === 'block-storage')).toEqual([]);
  expect(several.stacks.flatMap(({ secrets }) => secrets)).toEqual([]);
});

test('claims of both classes are served, and one class is the default', () => {
  const classes = objectsOf(several).filter(({ kind }) => kind === 'StorageClass');
  expect(
    classes.map(({ metadata, provisioner }) => [
      metadata.name,
      metadata.annotations?.[IS_DEFAULT],
      provisioner,
    ]),
  ).toEqual([
    ['local-path', 'true', 'kubernetes.io/host-path'],
    ['do-block-storage', 'false', 'kubernetes.io/host-path'],
  ]);
});
