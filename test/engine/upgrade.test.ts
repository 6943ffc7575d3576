import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineEvent } from '@pulumi/pulumi/automation';
import { findPulumiEngine, type PulumiEngine } from '../../embedded/pulumi-engine.js';
import { previewStack } from '../../stacks/deploy.js';
import { resourceName } from '../../stacks/resource-name.js';
import { logicalNameIn } from '../../stacks/targets.js';
import { copyRelease, KUBECONFIG, RELEASE, runOptions, STACKS } from '../upgrade/release.js';
import './forgive-late-calls.js';
import { standIn, type TestedProvider } from './tested-provider.js';

/*
 * A state that an earlier release wrote, in the hands of today's code: what `keelson preview` would show first to who
 * upgrades. The engine is the real one; it compares with the state, and asks no cluster.
 */
const kubeconfig = join(RELEASE, KUBECONFIG);
const recorded = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
  readonly 'current-context': string;
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
};
const server = recorded.clusters[0]?.cluster.server ?? '';

let engine: PulumiEngine;
let provider: TestedProvider;
let folder: string;

beforeAll(async () => {
  engine = await findPulumiEngine({ report: () => {} });
  provider = await standIn(server, 'the recorded cluster is gone, and its state is the one that this wrote');
});
afterAll(() => provider?.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-upgrade-'));
  copyRelease(RELEASE, folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Previews a stack of the release. @returns what would happen to each object, such as `create staging/Service/web` */
async function preview(stack: (typeof STACKS)[number]): Promise<{ steps: string[]; failure?: string }> {
  const steps: string[] = [];
  const access = { kubeconfig, context: recorded['current-context'], providers: provider.providers };
  const onEvent = ({ resourcePreEvent: step }: EngineEvent) => {
    if (step && resourceName(step.metadata.urn).isObject)
      steps.push(
        `${step.metadata.op} ${logicalNameIn(step.metadata.urn)} ${step.metadata.diffs ?? ''}`.trim(),
      );
  };
  const run = previewStack({ ...runOptions(stack, folder, engine, access), onEvent });
  return { failure: await run.then(() => undefined, String), steps };
}

test.each(STACKS)('%s of the last release: nothing is replaced, deleted, made or changed', async (stack) => {
  const { steps, failure } = await preview(stack);
  expect(failure).toBeUndefined();
  expect(steps.filter((step) => !step.startsWith('same '))).toEqual([]);
  expect(steps.length).toBeGreaterThan(15);
});

test('a component that were called otherwise, without an alias, would be found', async () => {
  const file = join(folder, 'state/.pulumi/stacks/vessel/staging.json');
  const state = readFileSync(file, 'utf8');
  writeFileSync(file, state.replaceAll('keelson:kubernetes:Manifest', 'keelson:kubernetes:Chart'));
  const { steps, failure } = await preview('staging');
  expect(steps).toEqual(
    expect.arrayContaining(['create staging/Deployment/web', 'delete staging/Deployment/web']),
  );
  expect(failure).toContain('StatefulSet staging/database: holds data and is protected');
});
