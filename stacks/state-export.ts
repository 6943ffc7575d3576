import { readFileSync } from 'node:fs';
import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import { stateFile } from './state-folder.js';
import type { Resource } from './state-resource.js';
import { isProject } from './workspace.js';

/** The part of a state that matters here; secrets in it stay encrypted. */
export interface Checkpoint {
  readonly deployment: {
    readonly resources?: readonly Resource[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: Resource }[];
  };
}

/** What the engine exports. From a folder it is read without the engine, which takes half a second to start. */
export const exportState = async (options: DeployOptions): Promise<Checkpoint> =>
  inFolder(options) ?? JSON.parse(await runEngine(['stack', 'export'], options));

/** Nothing where the engine is to be asked: of a place that is no folder, and of a file of which it knows what is wrong. */
function inFolder(options: DeployOptions): Checkpoint | undefined {
  const file = stateFile(options);
  if (!file?.endsWith('.json')) return undefined;
  try {
    const { checkpoint, ...more } = JSON.parse(readFileSync(file, 'utf8'));
    return checkpoint.latest ? { ...more, deployment: checkpoint.latest } : undefined;
  } catch {
    return undefined;
  }
}

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
