import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { k3sManifest } from '../../embedded/k3s-manifest.js';
import { nodeRegistry } from '../../lib/constructs/registry/address.js';
import { registriesConfiguration } from '../../lib/constructs/registry/registries-configuration.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { RegistryClient } from '../support/registry-client.js';
import { copyExample, type LabApplication } from './application.js';
import type { Image } from './images/image.js';
import { importImage, pushImage } from './images/transfer.js';
import { type LabFolders, labFolders } from './node/folders.js';
import { type LabNode, startNode } from './node/node.js';
import { joinNode } from './node/second-node.js';
import { addPerson, PERSON } from './person.js';
import { platform } from './platform.js';
import type { Prepared } from './prepared.js';
import { report } from './report.js';
import { until } from './until.js';

/** Registries that the examples' images and Keelson's own are named by; the cluster's own holds all of them. */
const MIRRORED = ['docker.io', 'registry.lunch.example.com', 'registry.example.com'];

/** A running node with lunch's cluster on it: the platform, Keelson's registry and the images in it. */
export interface Lab {
  readonly node: LabNode;
  readonly folders: LabFolders;
  readonly lunch: LabApplication;
  /** A second node joins, in namespaces of its own. */
  addNode(): Promise<void>;
  /** Pushes an image to the registry in the cluster. */
  push(name: string, image: Image): Promise<void>;
  /** Pushes every image that the registry in the cluster is to have. */
  pushAll(): Promise<void>;
  /** Applies objects in this order. */
  apply(objects: readonly KubeObject[]): Promise<void>;
  /** Runs kubectl as administrator. @returns what it prints */
  kubectl(...args: readonly string[]): Promise<string>;
}

export async function startLab(state: string, { programs, images }: Prepared): Promise<Lab> {
  const folders = labFolders(state);
  const registry = nodeRegistry();
  const registries = registriesConfiguration(MIRRORED.map((name) => ({ ...registry, name })));
  const endpoint = registry.endpoint ?? '';
  const push = (name: string, image: Image) => pushImage(endpoint, name, image);
  const node = await startNode(folders, programs, { registries, report });
  const kubectl = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)('kubectl', ['--kubeconfig', node.kubeconfig, ...args], {
      maxBuffer: 64e6,
    });
    return stdout;
  };
  report('The node is ready; importing images for what runs before there is a registry');
  for (const [name, image] of Object.entries(images.imported)) await importImage(name, image);
  const second = labFolders(join(state, 'second'));
  const joined = { folders: second, controlPlane: folders.controlPlane, node };
  const addNode = () => joinNode({ ...joined, programs, images, registries, report });
  const apply = (objects: readonly KubeObject[]) => applyObjects(node.kubeconfig, objects);
  await apply([...definitions(), ...platform(folders.volumes)]);
  await kubectl('rollout', 'status', '--namespace=kube-system', '--timeout=180s', 'deployment/coredns');
  await kubectl('rollout', 'status', '--namespace=kube-system', '--timeout=180s', 'deployment/local-path');
  report("Names and volumes are served; bringing up lunch's cluster");
  const lunch = copyExample(folders, 'lunch', 'development', PERSON);
  addPerson(lunch.root);
  await lunch.up('main-cluster');
  // A ready pod is reached by its Service only once kube-proxy has written the rule.
  await until(`an answer of ${endpoint}`, new RegistryClient(endpoint).answers);
  report(`Keelson's registry serves at ${endpoint}; pushing images`);
  const pushAll = async () => {
    for (const [name, image] of Object.entries(images.pushed)) await push(name, image);
  };
  await pushAll();
  report("Bringing up lunch's environment development");
  await lunch.up('development');
  return { node, folders, lunch, addNode, push, pushAll, apply, kubectl };
}

/** What k3s would have defined. */
const definitions = (): readonly KubeObject[] =>
  k3sManifest().objects.filter(({ kind }) => kind === 'CustomResourceDefinition');

async function applyObjects(kubeconfig: string, objects: readonly KubeObject[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const run = promisify(execFile)('kubectl', [
    ...['--kubeconfig', kubeconfig],
    ...['apply', '--server-side', '--filename=-'],
  ]);
  run.child.stdin?.end(list);
  await run;
}
