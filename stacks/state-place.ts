import { LocalWorkspace } from '@pulumi/pulumi/automation';
import { KeelsonError } from '../lib/config/problem.js';
import type { DeployOptions } from './deploy-options.js';
import { explainFailure } from './engine-failure.js';
import { engineEnvironment } from './workspace.js';

/**
 * Refuses state in a folder, for machines that are thrown away after each run: the next one would know nothing of what
 * is in the cluster, and nothing keeps two of them apart.
 *
 * @throws KeelsonError with the ways on
 */
export async function refuseFileState(
  options: Pick<DeployOptions, 'workDir' | 'pulumiHome' | 'engine' | 'backendUrl' | 'env' | 'providers'>,
): Promise<void> {
  const place = await placeOf(options);
  if (!place.startsWith('file://')) return;
  throw new KeelsonError('The state', [
    {
      where: place,
      message:
        'is a folder of this machine, and CI has another machine for each run. Keep it where every run finds it and only one at a time may change it: set PULUMI_BACKEND_URL to a bucket (DigitalOcean Spaces: s3://BUCKET?endpoint=https://fra1.digitaloceanspaces.com&region=us-east-1, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or to https://api.pulumi.com, with PULUMI_ACCESS_TOKEN. State that there is already moves with pulumi stack export and import',
    },
  ]);
}

async function placeOf(options: Parameters<typeof refuseFileState>[0]): Promise<string> {
  const { workDir, pulumiHome, engine } = options;
  try {
    const workspace = await LocalWorkspace.create({
      workDir,
      pulumiHome,
      pulumiCommand: engine,
      envVars: engineEnvironment(options),
    });
    return (await workspace.whoAmI()).url ?? '';
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new KeelsonError(
      'The state',
      explainFailure({ stack: '', text, diagnostics: [], cancelled: false }).problems,
    );
  }
}
