import { slotCounts } from './measurements/redis-pods.js';

test('slots are counted by owner, whole ranges and single ones, and not those that are on their way', () => {
  const nodes = [
    'a1 10.42.0.7:6379@16379 myself,master - 0 0 1 connected 0-99 200 [300->-b2]',
    'b2 10.42.0.8:6379@16379 master - 0 1 2 connected 100-199',
    'c3 10.42.0.9:6379@16379 slave a1 0 1 1 connected',
    'd4 10.42.0.10:6379@16379 master - 0 1 3 connected',
    '',
  ].join('\n');
  expect(slotCounts(nodes)).toEqual([101, 100]);
});
