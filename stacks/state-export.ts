import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import type { Resource } from './state-resource.js';
import { isProject } from './workspace.js';

/** The part of a state that matters here; secrets in it stay encrypted. */
export interface Checkpoint {
  readonly deployment: {
    readonly resources?: readonly Resource[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: Resource }[];
  };
}

export const exportState = async (options: DeployOptions): Promise<Checkpoint> =>
  JSON.parse(await runEngine(['stack', 'export'], options));

/** @returns undefined for a stack that is not there, or has nothing in it but outputs */
export async function findState(options: DeployOptions): Promise<Checkpoint | undefined> {
  if (!isProject(options.workDir)) return undefined;
  try {
    const state = await exportState(options);
    return holdsResources(state) ? state : undefined;
  } catch (error) {
    if (/no stack named/.test(`${error}`)) return undefined;
    throw error;
  }
}

export const holdsResources = ({ deployment: { resources = [] } }: Checkpoint): boolean =>
  resources.some(({ type }) => type !== 'pulumi:pulumi:Stack');
