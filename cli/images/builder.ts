import { accessSync, constants } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { KeelsonError } from '../../lib/config/problem.js';
import { dockerfileOf, type PlannedImage } from './plan.js';

/** What builds: BuildKit by its own command, or by docker's. */
export type Builder = 'buildctl' | 'docker';

/**
 * `buildctl` where it is installed and knows a buildkitd, else `docker`, else `buildctl` with its own default.
 *
 * @throws KeelsonError where neither is installed
 */
export function findBuilder(environment: NodeJS.ProcessEnv = process.env): Builder {
  const has = (program: Builder) => isOnPath(program, environment.PATH ?? '');
  if (has('buildctl') && (environment.BUILDKIT_HOST || !has('docker'))) return 'buildctl';
  if (has('docker')) return 'docker';
  throw new KeelsonError('The build', [
    {
      where: 'PATH',
      message:
        'has neither docker nor buildctl; install one of them (buildctl needs a buildkitd, named in BUILDKIT_HOST)',
    },
  ]);
}

/**
 * Arguments that build an image into a folder, as an OCI layout. No value of a secret is among them.
 *
 * @param folder where the paths of the build start
 */
export function buildArguments(
  builder: Builder,
  image: PlannedImage,
  folder: string,
  target: string,
): string[] {
  const context = join(folder, image.context);
  const dockerfile = dockerfileOf(image, folder);
  const output = ['--output', `type=oci,dest=${target},tar=false`];
  const secrets = Object.entries(image.secrets).flatMap(([id, { env, file }]) => [
    '--secret',
    file === undefined ? `id=${id},env=${env}` : `id=${id},src=${join(folder, file)}`,
  ]);
  const args = Object.entries(image.args).map(([key, value]) => `${key}=${value}`);
  const platforms = image.platforms.join(',');
  if (builder === 'docker')
    return [
      ...['buildx', 'build', '--progress=plain', '--provenance=false', '--file', dockerfile],
      ...(image.target === undefined ? [] : ['--target', image.target]),
      ...(platforms === '' ? [] : ['--platform', platforms]),
      ...args.flatMap((arg) => ['--build-arg', arg]),
      ...secrets,
      ...output,
      context,
    ];
  const options = [
    `filename=${basename(dockerfile)}`,
    ...(image.target === undefined ? [] : [`target=${image.target}`]),
    ...(platforms === '' ? [] : [`platform=${platforms}`]),
    ...args.map((arg) => `build-arg:${arg}`),
  ];
  return [
    ...['build', '--progress=plain', '--frontend', 'dockerfile.v0'],
    ...['--local', `context=${context}`, '--local', `dockerfile=${dirname(dockerfile)}`],
    ...options.flatMap((option) => ['--opt', option]),
    ...secrets,
    ...output,
  ];
}

function isOnPath(program: string, path: string): boolean {
  const names = process.platform === 'win32' ? [`${program}.exe`] : [program];
  return path.split(delimiter).some((folder) =>
    names.some((name) => {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return folder !== '';
      } catch {
        return false;
      }
    }),
  );
}
