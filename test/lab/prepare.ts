import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import { buildImages } from './images/catalogue.js';
import { labState, writePrepared } from './prepared.js';
import { findPrograms } from './programs.js';
import { report } from './report.js';

/** Builds and fetches everything that the lab needs, or finds it in the cache. */
async function main(): Promise<void> {
  await findPulumiEngine({ report });
  const programs = await findPrograms(report);
  writePrepared(labState(), { programs, images: await buildImages(programs, report) });
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
