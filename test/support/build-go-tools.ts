import { serviceModules, testServices } from './example-services.js';
import { GO_PROGRAMS, goTool } from './go-tool.js';

/** Builds what tests would build where they need it. */
async function main(): Promise<void> {
  for (const program of GO_PROGRAMS) await goTool(program);
  // Go keeps what it compiled for them. What does not compile is told by their test.
  for (const folder of serviceModules()) testServices(folder, '-run=^$');
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
