import type * as SDK from '@pulumi/digitalocean';
import { KeelsonError } from '../../lib/config/problem.js';

/**
 * Pulumi's SDK for DigitalOcean, an optional peer: loaded with the first component that needs it.
 *
 * @throws KeelsonError where it is not installed, with the command that installs it.
 */
export function digitalocean(): typeof SDK {
  try {
    return require('@pulumi/digitalocean') as typeof SDK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new KeelsonError('A stack on DigitalOcean', [
      { where: '@pulumi/digitalocean', message: 'is not installed; run: npm install @pulumi/digitalocean@4' },
    ]);
  }
}
