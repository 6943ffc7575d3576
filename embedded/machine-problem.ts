import { KeelsonError } from '../lib/config/problem.js';

/** What the person at this machine can mend: no fault of Keelson's, so it is shown without a stack. */
export const machineProblem = (message: string): KeelsonError =>
  new KeelsonError('This machine', [{ where: '', message }]);
