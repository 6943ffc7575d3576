import type { Report } from '../../lib/progress.js';

const started = Date.now();

/** A line with the seconds since the start, on standard error: standard output is for figures. */
export const report: Report = (message) =>
  void process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1).padStart(7)} s  ${message}\n`);
