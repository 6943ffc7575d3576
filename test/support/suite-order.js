const Sequencer = require('@jest/test-sequencer').default;

/**
 * Suites that take minutes, the longest first: begun last, one alone would hold up the end. Those of Redis, which need a
 * processor for themselves, stand apart. The others follow in Jest's own order.
 */
const LONG = [
  'engine/redis-cluster/failover',
  'provision/rotate-keys-process',
  'engine/rehearse',
  'images/buildkit-process',
  'engine/example-services-process',
  'engine/redis-cluster/resizing',
  'engine/interrupted',
  'engine/pulumi-up',
  'engine/machines-day-two',
  'engine/redis-cluster/healing',
  'engine/lunch',
  'backup/bucket-process',
  'engine/own-cluster',
  'engine/three-servers',
  'engine/faults',
  'engine/redis-cluster/forming',
  'engine/pulumi-program',
  'engine/machine-ssh',
  'graph/page',
  'engine/backup-drill',
].map(pathOf);

/** Suites that share a control plane, the last of all, as it takes a twentieth of a processor while it waits for them. */
const SHARING = [
  'engine/shared-state',
  'engine/ownership',
  'engine/killed-engine',
  'engine/stack-verbs',
  'engine/interrupted-deletion',
  'engine/secrets',
  'engine/tested-provider',
  'engine/api-version',
  'engine/helm-chart',
].map(pathOf);

function pathOf(name) {
  return `/test/${name}.test.ts`;
}

function rank({ path }) {
  const placeIn = (suites) => suites.findIndex((name) => path.endsWith(name));
  const place = placeIn(LONG);
  return place === -1 ? placeIn(SHARING) + 1 : place - LONG.length;
}

module.exports = class SuiteOrder extends Sequencer {
  static LONG = LONG;
  static SHARING = SHARING;

  sort(tests) {
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
