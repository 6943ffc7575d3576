import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Images } from './images/catalogue.js';
import type { Programs } from './programs.js';

/** What was built or fetched where there is a network, for the lab, which has none. */
export interface Prepared {
  readonly programs: Programs;
  readonly images: Images;
}

const file = (state: string): string => join(state, 'prepared.json');

export const writePrepared = (state: string, prepared: Prepared): void =>
  writeFileSync(file(state), JSON.stringify(prepared));

export const readPrepared = (state: string): Prepared =>
  JSON.parse(readFileSync(file(state), 'utf8')) as Prepared;

/** The lab's own folder on disk, given by test/lab/run. */
export function labState(): string {
  const state = process.env.LAB_STATE;
  if (state === undefined) throw new Error('LAB_STATE is not set: start this with test/lab/run');
  return state;
}
