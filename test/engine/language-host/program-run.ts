import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type RunRequest, RunResponse } from '@pulumi/pulumi/proto/language_pb';
import { runChild } from './children.js';

/** The SDK's way to say that it has explained the failure to the user itself. */
const EXPLAINED = 32;

/** Runs the program to its end, in the SDK that the program's own folder has. */
export async function runProgram(request: RunRequest, engineAddress: string): Promise<RunResponse> {
  const response = new RunResponse();
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? request.getPwd();
  let sdk: string;
  try {
    sdk = createRequire(join(realpathSync(folder), 'program')).resolve('@pulumi/pulumi/cmd/run');
  } catch {
    return response.setError(
      'It looks like the Pulumi SDK has not been installed. Have you run pulumi install?',
    );
  }
  const options = (info?.getOptions()?.toJavaScript() ?? {}) as { typescript?: boolean; nodeargs?: string };
  const code = await runChild(
    process.execPath,
    [...(options.nodeargs?.split(' ').filter(Boolean) ?? []), sdk, ...runArguments(request, engineAddress)],
    {
      env: {
        ...process.env,
        ...configuration(request),
        ...(options.typescript !== false && { PULUMI_NODEJS_TYPESCRIPT: 'true' }),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (code === 0) return response;
  if (code === EXPLAINED) return response.setBail(true);
  return response.setError(`Program exited with non-zero exit code: ${code}`);
}

function runArguments(request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    'root-directory': info?.getRootDirectory(),
    stack: request.getStack(),
    pwd: info?.getProgramDirectory(),
    parallel: `${request.getParallel()}`,
  };
  return [
    ...Object.entries(flags).flatMap(([flag, value]) => (value ? [`--${flag}`, value] : [])),
    ...(request.getDryrun() ? ['--dry-run'] : []),
    info?.getEntryPoint() || '.',
    ...request.getArgsList(),
  ];
}

/** Values go through the environment, where other users' `ps` does not show them. */
const configuration = (request: RunRequest): Record<string, string> => ({
  PULUMI_CONFIG: JSON.stringify(
    Object.fromEntries(
      request
        .getConfigMap()
        .toArray()
        .map(([key, value]) => [oldForm(key), value]),
    ),
  ),
  PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
});

/** `keelson:kind` → `keelson:config:kind`, which the real host gives and every SDK reads. */
const oldForm = (key: string): string => key.replace(/^([^:]*):(?:config:)?/, '$1:config:');
