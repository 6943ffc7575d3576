import { drain } from './drain.js';
import { edit } from './edit.js';
import { idle } from './idle.js';
import type { Measurement } from './measurement.js';
import { nodeRestart } from './node-restart.js';
import { redisCluster } from './redis-cluster.js';
import { restoreDrill } from './restore-drill.js';
import { streams } from './streams.js';
import { turnUp } from './turn-up.js';
import { updateUnderLoad } from './update-under-load.js';

/** By the name that the command line gives them, in the order in which they are made: some leave things behind. */
export const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  update: updateUnderLoad,
  edit,
  // While nothing runs but what every measurement has.
  idle,
  redis: redisCluster,
  turnup: turnUp,
  streams,
  restart: nodeRestart,
  restore: restoreDrill,
  // Leaves a second node behind.
  drain,
};

/** Those that are named, or all, each once and in their order. */
export const chosen = (words: readonly string[]): [name: string, Measurement][] =>
  Object.entries(MEASUREMENTS).filter(([name]) => words.length === 0 || words.includes(name));
