import type { KubeObject } from '../lib/kube/object.js';
import type { Manifest } from '../lib/synth.js';

/** What k3s would have brought and the embedded control plane lacks: the definitions of its traefik and its helm. */
export const k3sManifest = (): Manifest => ({
  name: 'k3s',
  objects: [
    ...(require('../lib/generated/k3s-crds.json') as KubeObject[]),
    ...(require('../lib/generated/traefik-crds.json') as KubeObject[]),
  ],
});
