/**
 * `unknown`: it cannot be told without the network, or at all.
 * `outdated` and the others are to be mended where the finding is needed.
 */
export type State = 'ok' | 'outdated' | 'missing' | 'broken' | 'unreachable' | 'unknown';

/** What was found of one thing that Keelson works with. */
export interface Finding {
  readonly what: string;
  readonly state: State;
  /** Version, place, or what is wrong; never a secret. */
  readonly found: string;
  /** What cannot be done without it. @default nothing works without it */
  readonly neededFor?: string;
  /** The command, or the words, that mend it. */
  readonly mend?: string;
}

/** One examination; it always answers, without the network too. */
export type Check = () => Promise<readonly Finding[]>;

/** Whether somebody has to do something before Keelson works here. */
export const isFault = ({ state, neededFor }: Finding): boolean =>
  neededFor === undefined && state !== 'ok' && state !== 'unknown';
