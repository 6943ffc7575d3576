import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../embedded/message-of.js';
import { pulumi } from '../../lib/config/versions.js';
import type { Check, Finding } from './finding.js';

/** What applies anything; both are fetched or built by the first `up`, so neither has to be there. */
export const checkEngines: Check = async () => [await engineFinding(), await pluginFinding()];

const ENGINE = { what: 'pulumi', neededFor: 'preview, up and destroy' };
const FETCHED = 'keelson up (fetches or builds it, once)';

async function engineFinding(): Promise<Finding> {
  try {
    const { findPulumiEngine, INSTALLED } = await import('../../embedded/pulumi-engine.js');
    const { command, origin, description } = await findPulumiEngine({ report: () => {} }, INSTALLED);
    // One on the PATH was started to be found.
    if (origin === 'path') return { ...ENGINE, state: 'ok', found: description };
    return await keptEngine(command.command, description);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (/Cannot find module '@pulumi/.test(text))
      return {
        ...ENGINE,
        state: 'missing',
        found: 'the package @pulumi/pulumi is not installed',
        mend: 'npm install @pulumi/pulumi',
      };
    return {
      ...ENGINE,
      state: 'missing',
      found: 'neither on PATH nor fetched or built before',
      mend: FETCHED,
    };
  }
}

/** Verbs take an engine that Keelson keeps for whole; here it is started to see that it does. */
async function keptEngine(program: string, description: string): Promise<Finding> {
  try {
    await promisify(execFile)(program, ['version'], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: 'true' },
    });
    return { ...ENGINE, state: 'ok', found: description };
  } catch (error) {
    return {
      ...ENGINE,
      state: 'broken',
      found: `${description}, does not run: ${messageOf(error).split('\n')[0]}`,
      mend: `rm -r ${dirname(dirname(program))}; ${FETCHED}`,
    };
  }
}

async function pluginFinding(): Promise<Finding> {
  const about = { what: "pulumi's kubernetes plugin", neededFor: 'clusters other than the embedded one' };
  try {
    const { installedPlugin } = await import('../../embedded/installed-plugin.js');
    const installed = installedPlugin('kubernetes', pulumi.kubernetesPlugin);
    if (installed) return { ...about, state: 'ok', found: installed.description };
  } catch {
    // Its package is not there: what the engine's finding says.
  }
  return {
    ...about,
    state: 'missing',
    found: 'not installed',
    mend: `pulumi plugin install resource kubernetes v${pulumi.kubernetesPlugin}`,
  };
}
