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
  'engine/shared-state',
  'engine/pulumi-up',
  'engine/machines-day-two',
  'engine/redis-cluster/healing',
  'engine/lunch',
  'backup/bucket-process',
  'engine/own-cluster',
  'engine/three-servers',
  'engine/faults',
  'engine/redis-cluster/forming',
  'engine/interrupted-deletion',
  'engine/pulumi-program',
  'engine/machine-ssh',
  'graph/page',
  'engine/ownership',
  'engine/backup-drill',
].map((name) => `/test/${name}.test.ts`);

module.exports = class LongestFirst extends Sequencer {
  static LONG = LONG;

  sort(tests) {
    const rank = ({ path }) => {
      const index = LONG.findIndex((name) => path.endsWith(name));
      return index === -1 ? LONG.length : index;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
