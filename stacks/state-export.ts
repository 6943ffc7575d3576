import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import type { Resource } from './state-resource.js';

/** The part of a state that matters here; secrets in it stay encrypted. */
export interface Checkpoint {
  readonly deployment: {
    readonly resources?: readonly Resource[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: Resource }[];
  };
}

export const exportState = async (options: DeployOptions): Promise<Checkpoint> =>
  JSON.parse(await runEngine(['stack', 'export'], options));

export const importState = (options: DeployOptions, checkpoint: Checkpoint): Promise<string> =>
  runEngine(['stack', 'import'], options, JSON.stringify(checkpoint));
