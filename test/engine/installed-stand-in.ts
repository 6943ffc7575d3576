import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';

export interface StandIn {
  /** Whose name it takes: `kubernetes`. */
  readonly plugin: string;
  readonly version: string;
  /** Where the function is that serves it, from the root. */
  readonly module: string;
  /** An expression that calls it. */
  readonly call: string;
}

/**
 * Installs a stand-in in a PULUMI_HOME as the plugin that it stands in for: a program that an engine finds and starts.
 * Each start is a line of the file `started` in that folder.
 */
export function installStandIn(home: string, { plugin, version, module, call }: StandIn): void {
  const folder = join(home, `plugins/resource-${plugin}-v${version}`);
  const program = join(folder, `pulumi-resource-${plugin}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    program,
    `#!/usr/bin/env node
const { appendFileSync, readFileSync } = require('node:fs');
const served = ${load(join(ROOT, module))};
process.on('SIGINT', () => process.exit(0));
appendFileSync(${JSON.stringify(join(home, 'started'))}, process.pid + '\\n');
served.${call}.then(({ port }) => console.log(port));
`,
  );
  chmodSync(program, 0o755);
}

/** What was built is loaded as it is; the test tree's own is compiled first. */
const load = (path: string): string =>
  path.endsWith('.js')
    ? `require(${JSON.stringify(path)})`
    : `require(${JSON.stringify(join(ROOT, 'node_modules/jiti'))}).createJiti(${JSON.stringify(path)})(${JSON.stringify(path)})`;
