import { report } from '../report.js';
import type { Figure } from './measurement.js';

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

export const secondsSince = (start: number): string => seconds(performance.now() - start);

/** Does something, and notes how long it took. */
export async function timed<T>(figures: Figure[], what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  const figure = secondsSince(started);
  figures.push({ what, figure });
  report(`${what}: ${figure}`);
  return result;
}
