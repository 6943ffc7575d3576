import { readFile } from 'node:fs/promises';
import { machineProblem } from '../machine-problem.js';
import { codeOf } from '../message-of.js';
import { clusterFiles, writePrivately } from './cluster-files.js';
import type { ClusterPorts } from './ports.js';
import type { ProcessRecord } from './processes.js';

/** What a later process must know of a cluster to find, mend or stop it. */
export interface ClusterRecord {
  /** Of Kubernetes, as the API server says it; empty until it has answered. */
  readonly version: string;
  /** The versions that this package pins: a cluster of other ones is restarted with these. */
  readonly pinned: string;
  /** Sentence about where the binaries came from. */
  readonly binaries: string;
  readonly ports: ClusterPorts;
  /** By name; those that were started, whether or not they still run. */
  readonly processes: Readonly<Record<string, ProcessRecord>>;
}

/** @returns undefined where there is no cluster */
export async function readRecord(directory: string): Promise<ClusterRecord | undefined> {
  const path = clusterFiles(directory).record;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as ClusterRecord;
  } catch {
    throw machineProblem(`${path} is not what Keelson wrote there. Run \`keelson down\` and start again.`);
  }
}

export async function writeRecord(directory: string, record: ClusterRecord): Promise<void> {
  await writePrivately(clusterFiles(directory).record, `${JSON.stringify(record, undefined, 2)}\n`);
}
