import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import { packageNames } from './debian-names.js';
import { buildImages, IMAGE_PACKAGES } from './images/catalogue.js';
import { NO_LAB, NoLab } from './no-lab.js';
import { labState, writePrepared } from './prepared.js';
import { findPrograms, NODE_PACKAGES } from './programs.js';
import { report } from './report.js';

/** Builds and fetches everything that the lab needs, or finds it in the cache. */
async function main(): Promise<void> {
  // Before minutes of building.
  await packageNames([...NODE_PACKAGES, ...IMAGE_PACKAGES]);
  const [programs] = await Promise.all([findPrograms(report), findPulumiEngine({ report })]);
  writePrepared(labState(), { programs, images: await buildImages(programs, report) });
}

main().catch((error: Error) => {
  const isLacking = error instanceof NoLab;
  if (isLacking) console.log(`No lab on this machine: ${error.message}.`);
  else console.error(error.message);
  process.exitCode = isLacking ? NO_LAB : 1;
});
