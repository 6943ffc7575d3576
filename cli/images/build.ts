import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { KeelsonError } from '../../lib/config/problem.js';
import type { Report } from '../../lib/progress.js';
import { run } from '../diff/process.js';
import { buildArguments, findBuilder } from './builder.js';
import { gathered } from './gathered.js';
import { Layout } from './layout.js';
import type { PlannedImage } from './plan.js';

/** Builds at once: a builder runs the steps of each one in parallel already. */
const BUILDS = 2;

/** Lines of a builder's output that are shown when it fails. */
const SHOWN_LINES = 25;

/**
 * Builds images, each into its folder: the new image is there as a whole, or what was there before.
 *
 * @param folder where the paths of the builds start
 * @throws KeelsonError with every image that could not be built
 */
export async function buildImages(
  images: readonly PlannedImage[],
  folder: string,
  report: Report,
): Promise<void> {
  const builder = findBuilder();
  await gathered('The build', images, BUILDS, async (image) => {
    const { service, tag, layout } = image;
    const [home, draft] = [dirname(layout), `${layout}.${process.pid}`];
    report(`${service} ${tag}: building with ${builder} …`);
    mkdirSync(home, { recursive: true });
    try {
      const args = buildArguments(builder, image, folder, draft);
      const { status, output } = await run(builder, args, { cwd: folder, env: process.env });
      const log = join(home, 'build.log');
      writeFileSync(log, output);
      if (status !== 0) throw failure(service, output, log);
      const { digest } = new Layout(draft).image.descriptor;
      for (const old of readdirSync(home, { withFileTypes: true }))
        if (old.isDirectory() && old.name !== basename(draft))
          rmSync(join(home, old.name), { recursive: true });
      renameSync(draft, layout);
      report(`${service} ${tag}: built, ${digest}`);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
}

function failure(service: string, output: string, log: string): KeelsonError {
  const lines = output.trim().split('\n');
  const shown = lines.slice(-SHOWN_LINES).map((line) => `    ${line}`);
  const hint = /exporter is not supported for the docker driver/.test(output)
    ? ' (docker builds into a folder with its containerd image store, or after `docker buildx create --use`)'
    : '';
  return new KeelsonError('The build', [
    {
      where: service,
      message: `failed${hint}; all of its output is in ${relative('', log)}\n${shown.join('\n')}`,
    },
  ]);
}
