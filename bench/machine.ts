import { cpus, loadavg } from 'node:os';

/** Where figures come from; `load` is the mean number of busy processes of the last minute. */
export interface Machine {
  readonly node: string;
  readonly processors: number;
  readonly model: string;
  readonly load: number;
}

export const machine = (): Machine => ({
  node: process.version,
  processors: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  load: loadavg()[0] ?? 0,
});
