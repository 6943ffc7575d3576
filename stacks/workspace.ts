import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LocalWorkspace, type PulumiFn, Stack, StackAlreadyExistsError } from '@pulumi/pulumi/automation';
import type { DeployOptions } from './deploy-options.js';
import { stateFile, stateFolder } from './state-folder.js';

/** The environment of every run of the engine, on top of the process' own. */
export function engineEnvironment({
  backendUrl,
  pulumiHome,
  providers,
  env,
}: Pick<DeployOptions, 'backendUrl' | 'pulumiHome' | 'providers' | 'env'>): Record<string, string> {
  return {
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    ...(providers !== 'real' && {
      PULUMI_DEBUG_PROVIDERS: `kubernetes:${providers.debugPort}`,
      // Else each run tries to download the plugin that it does not need.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    }),
    ...(backendUrl && { PULUMI_BACKEND_URL: backendUrl }),
    ...(pulumiHome && { PULUMI_HOME: pulumiHome }),
    ...env,
  };
}

/** Whether the folder is a Pulumi project. */
export const isProject = (folder: string): boolean =>
  ['yaml', 'yml', 'json'].some((end) => existsSync(join(folder, `Pulumi.${end}`)));

/** The stack in its project: the user's, or one that is written into an empty folder. */
export async function openStack(options: DeployOptions, program: PulumiFn): Promise<Stack> {
  const { workDir, pulumiHome, engine, stack, synthesis } = options;
  mkdirSync(workDir, { recursive: true });
  const workspace = await LocalWorkspace.create({
    workDir,
    pulumiHome,
    pulumiCommand: engine,
    program,
    envVars: engineEnvironment(options),
    ...(!isProject(workDir) && { projectSettings: { name: synthesis.application, runtime: 'nodejs' } }),
  });
  // The Automation API would start the engine to make it the user's current stack, which it is not asked to be; every
  // run names its stack. Whether there is one is seen from the folder, where the state lies in one.
  const isThere = stateFile(options) !== undefined;
  if (isThere) Object.assign(workspace, { selectStack: async () => undefined });
  const isAbsent = !isThere && stateFolder(options) !== undefined;
  const made = () => (isAbsent ? create(stack, workspace) : Stack.createOrSelect(stack, workspace));
  const opened = await (options.createStack ? made() : Stack.select(stack, workspace));
  // After each run the Automation API starts the engine three times more to ask for outputs and history, which our
  // own program and the events have told already: half of the time of a run that changes nothing.
  return Object.assign(opened, { outputs: async () => ({}), info: async () => undefined });
}

/** The API's `createOrSelect` the other way round: that starts the engine to look for the stack first. */
async function create(stack: string, workspace: LocalWorkspace): Promise<Stack> {
  try {
    return await Stack.create(stack, workspace);
  } catch (error) {
    // By somebody else since, or in an older layout of the folder.
    if (error instanceof StackAlreadyExistsError) return Stack.select(stack, workspace);
    throw error;
  }
}
