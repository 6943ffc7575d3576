import { type Command, CommanderError } from 'commander';
import { KeelsonError } from '../../lib/config/problem.js';

/** Exit code of a check that could not be made; commander's own errors have it too. */
const FAILED = 2;

type Verbs = typeof import('../images/verbs.js');

/** The verbs load the registry's client and the application when they run, not for `--help`. */
const verbs = (): Promise<Verbs> => import('../images/verbs.js');

export function addImages(program: Command): void {
  const images = program
    .command('images')
    .description("build, publish and choose the team's own images (images.lock.json)");
  const via = (command: Command): Command =>
    command.option(
      '--via <registry=address...>',
      "where a registry answers, such as a port forward's address",
    );

  images
    .command('build')
    .description('build images with docker or BuildKit, each into a folder below .keelson')
    .argument('[service...]', 'only these (default: all that the application says how to build)')
    .option('--tag <tag>', "another tag than the service's version")
    .action(async (services: readonly string[], options) => (await verbs()).build(services, options));

  via(
    images
      .command('publish')
      .description('send built images to their registries; a published version is never overwritten')
      .argument('[service...]', 'only these (default: all that the application says how to build)')
      .option('--tag <tag>', "another tag than the service's version"),
  ).action(async (services: readonly string[], options) => (await verbs()).publish(services, options));

  via(
    images
      .command('release')
      .description('build and publish what is not published yet, and let an environment run it')
      .argument('<environment>', "the environment; a personal one's images are tagged with its name")
      .argument('[service...]', 'only these (default: all that the application says how to build)'),
  ).action(async (environment: string, services: readonly string[], options) =>
    (await verbs()).release(environment, services, options),
  );

  via(
    images
      .command('set')
      .description('let an environment run the newest published versions')
      .argument('<environment>')
      .argument('[service...]', 'only these (default: all that it runs)')
      .option('--tag <tag>', 'this one instead of the newest')
      .option('--prerelease', 'the newest may be one such as 1.5.0-rc.1'),
  ).action(async (environment: string, services: readonly string[], options) =>
    (await verbs()).set(environment, services, options),
  );

  images
    .command('promote')
    .description('let an environment run the images that another one runs')
    .argument('<from>')
    .argument('<to>')
    .argument('[service...]', 'only these (default: all that <from> runs)')
    .action(async (from: string, to: string, services: readonly string[]) =>
      (await verbs()).promote(from, to, services),
    );

  via(
    images
      .command('check')
      .description('ask the registries whether every locked image is there')
      .argument('[environment...]', 'only these (default: all)')
      .option('--latest', 'also whether a newer version is published'),
  )
    .exitOverride(({ code, message, exitCode }) => {
      throw new CommanderError(exitCode === 0 ? 0 : FAILED, code, message);
    })
    .action(async (environments: readonly string[], options) => {
      try {
        process.exitCode = await (await verbs()).check(environments, options);
      } catch (error) {
        if (!(error instanceof KeelsonError)) throw error;
        process.stderr.write(`${error.message}\n`);
        process.exitCode = FAILED;
      }
    });
}
