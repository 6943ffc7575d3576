import type { DeployOptions, Verb } from '../stacks/deploy-options.js';
import { refuseFileState } from '../stacks/state-place.js';

/** @throws KeelsonError where a run that writes state would leave it on a machine of CI */
export async function refuseFileStateInCi(
  verb: Verb,
  { root, engine }: { readonly root: string; readonly engine: DeployOptions['engine'] },
): Promise<void> {
  if (process.env.CI && verb !== 'preview')
    await refuseFileState({ workDir: root, engine, providers: 'real' });
}
