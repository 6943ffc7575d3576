import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import type { LabFolders } from './node/folders.js';

/** Where an application's Pulumi project and its state lie; both go with the lab. */
export function pulumiProject(
  folders: LabFolders,
  application: string,
): Pick<DeployOptions, 'workDir' | 'backendUrl' | 'pulumiHome' | 'env'> {
  const workDir = join(folders.pulumi, application);
  mkdirSync(join(workDir, 'state'), { recursive: true });
  return {
    workDir,
    backendUrl: pathToFileURL(join(workDir, 'state')).href,
    pulumiHome: join(workDir, 'home'),
    env: { PULUMI_CONFIG_PASSPHRASE: 'lab' },
  };
}
