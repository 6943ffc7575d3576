import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { stackState } from '../../stacks/provision/stack-state.js';
import { temporaryFolders } from '../nixos/tools.js';

const temporaryFolder = temporaryFolders();

/** A stack of machines with its state in a folder, and a program in the engine's place that counts how often it is asked. */
function stack() {
  const workDir = temporaryFolder();
  const file = join(workDir, 'state/.pulumi/stacks/lunch/main-machines.json');
  const command = join(workDir, 'engine');
  const answer = join(workDir, 'answer');
  const calls = join(workDir, 'calls');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(join(workDir, 'Pulumi.yaml'), 'name: lunch\nruntime: nodejs\n');
  writeFileSync(command, `#!/bin/sh\necho "$*" >>'${calls}'\ncat '${answer}'\n`, { mode: 0o755 });
  const options = {
    ...{ workDir, stack: 'main-machines', synthesis: { application: 'lunch' } },
    ...{ engine: { command }, providers: 'real' },
    backendUrl: `file://${join(workDir, 'state')}`,
  } as unknown as DeployOptions;
  return {
    write(state: string, urls: string): void {
      writeFileSync(file, state);
      const root = { urn: 'root', type: 'pulumi:pulumi:Stack', outputs: { urls } };
      writeFileSync(answer, JSON.stringify({ deployment: { resources: [root] } }));
    },
    urls: async () => (await stackState(options)).outputs.urls,
    asked: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n').length : 0),
  };
}

test('the engine is asked for a state once, until somebody has written it', async () => {
  const one = stack();
  one.write('first', 'https://first');
  expect([await one.urls(), await one.urls(), one.asked()]).toEqual(['https://first', 'https://first', 1]);
  one.write('other', 'https://other');
  expect([await one.urls(), one.asked()]).toEqual(['https://other', 2]);
});

test('where it has not been written yet, each time', async () => {
  const one = stack();
  for (const times of [1, 2]) {
    await expect(one.urls()).rejects.toThrow('main-machines');
    expect(one.asked()).toBe(times);
  }
});
