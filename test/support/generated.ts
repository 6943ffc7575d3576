import certManager from '../../lib/generated/cert-manager.json';
import k3s from '../../lib/generated/k3s-crds.json';
import traefik from '../../lib/generated/traefik-crds.json';
import type { KubeObject } from '../../lib/kube/object.js';

/** Everything in lib/generated. */
export const generatedObjects = [...certManager, ...traefik, ...k3s] as unknown as readonly KubeObject[];

/** The definitions of every custom resource that Keelson knows. */
export const generatedCustomResourceDefinitions = generatedObjects.filter(
  ({ kind }) => kind === 'CustomResourceDefinition',
);

/** cert-manager, as a cluster gets it. */
export const generatedCertManager = certManager as unknown as readonly KubeObject[];
