import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import { upStack } from '../../stacks/deploy.js';
import { K3sLikeCluster } from '../engine/k3s-like-cluster.js';
import { standIn } from '../engine/tested-provider.js';
import { copyRelease, KUBECONFIG, RELEASE, runOptions, STACKS, stateFile } from './release.js';

/* Brings the application up on a cluster of its own, and keeps the state: see README.md. */
async function record(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-record-'));
  const engine = await findPulumiEngine({ report: console.log });
  const cluster = await K3sLikeCluster.start(join(folder, 'cluster'));
  const { kubeconfig, context, server } = cluster.cluster;
  const provider = await standIn(server, 'every state is recorded with it');
  try {
    for (const stack of STACKS)
      await upStack(
        runOptions(stack, folder, engine, { kubeconfig, context, providers: provider.providers }),
      );
    rmSync(RELEASE, { recursive: true, force: true });
    mkdirSync(RELEASE);
    copyRelease(folder, RELEASE);
    for (const stack of STACKS) dropPlaces(join(RELEASE, stateFile(stack)));
    const access = JSON.parse(readFileSync(kubeconfig, 'utf8'));
    for (const one of access.users) one.user = { token: 'none' };
    writeFileSync(join(RELEASE, KUBECONFIG), `${JSON.stringify(access, undefined, 2)}\n`);
  } finally {
    await provider.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The engine notes the line that made each resource, by its path on the recording machine. */
function dropPlaces(file: string): void {
  const state = JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
    key === 'sourcePosition' || key === 'stackTrace' ? undefined : value,
  );
  writeFileSync(file, JSON.stringify(state));
}

void record();
