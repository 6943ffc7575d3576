import { blockStorageManifest, k3sManifest } from '../embedded/k3s-manifest.js';
import { BLOCK_STORAGE } from '../lib/constructs/block-storage/driver.js';
import type { Manifest } from '../lib/manifests.js';
import type { Synthesis } from '../lib/synth.js';

/**
 * What k3s would have brought is added, no volumes of a cloud are attached to simulated nodes, and any value will do for
 * a secret: no container reads it.
 */
export function simulated({ application, stacks }: Synthesis): Synthesis {
  return {
    application,
    stacks: stacks.map((stack) => ({
      ...stack,
      manifests:
        stack.kind === 'cluster' ? [k3sManifest(), ...stack.manifests.map(withoutCloud)] : stack.manifests,
      secrets: stack.secrets
        .filter(({ namespace }) => namespace !== BLOCK_STORAGE)
        .map((need) => ({ ...need, generate: true })),
    })),
  };
}

const withoutCloud = (manifest: Manifest): Manifest =>
  manifest.name === BLOCK_STORAGE ? blockStorageManifest(manifest.name) : manifest;
