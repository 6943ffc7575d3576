import * as pulumi from '@pulumi/pulumi';
import { KeelsonError } from '../lib/config/problem.js';
import type { KubeObject } from '../lib/kube/object.js';
import type { Manifest } from '../lib/manifests.js';
import { type Dependency, order } from './dependencies.js';
import { groupOf, keyOf, logicalName, otherVersions, typeToken } from './object-key.js';
import { FIELD_MANAGER, OWNER_ANNOTATION, patchManager } from './owner.js';
import { holdsData } from './protection.js';
import { waitAnnotations } from './waits.js';

/** Objects that a cluster is better without. */
export interface Exclusion {
  /** Told to the person who applies, such as `its webhook has no pods here`. */
  readonly reason: string;
  readonly matches: (object: KubeObject) => boolean;
}

export interface ClusterManifestsProps {
  /** The cluster that the objects are applied to. */
  readonly provider: pulumi.ProviderResource;
  /**
   * Each becomes a branch of the tree. `manifestsOf` of the package `keelson` makes them of any cdk8s app or chart; plain
   * objects are one as they are. Fields may hold Outputs, as {@link ClusterSecrets} makes them.
   */
  readonly manifests: readonly Manifest[];
  /** Orders that the objects do not show themselves. @default none */
  readonly dependencies?: readonly Dependency[];
  /**
   * Fields of objects that somebody else owns, such as k3s: an object of each with these fields alone. When one is
   * deleted, its fields are given back and the object stays. @default none
   */
  readonly patches?: readonly KubeObject[];
  /** Refuse to delete or replace what holds data: claims, namespaces, definitions. @default true */
  readonly protectData?: boolean;
  /** @default none */
  readonly exclude?: readonly Exclusion[];
}

/** An object that was not applied, and why. */
export interface LeftOut {
  readonly object: string;
  readonly reason: string;
}

class KubernetesObject extends pulumi.CustomResource {}

/**
 * Registers each object as a Pulumi resource of its own, so that a preview shows every one before there is a cluster,
 * a change touches one, and a removed one is deleted.
 *
 * An object's name in the state depends on the object alone: moving it to another manifest does not replace it, nor does
 * another version of its API group.
 *
 * @throws KeelsonError for an object described twice, a Secret with values in clear, or a cycle of dependencies.
 * @example
 * new ClusterManifests('lunch', { provider, manifests: synthesize(application).stacks[0].manifests });
 */
export class ClusterManifests extends pulumi.ComponentResource {
  /** By `namespace/Kind/name`. */
  readonly resources: ReadonlyMap<string, pulumi.CustomResource>;
  readonly leftOut: readonly LeftOut[];

  constructor(name: string, props: ClusterManifestsProps, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:kubernetes:ClusterManifests', name, {}, options);
    const { provider, exclude = [], protectData = true } = props;
    const exclusion = (object: KubeObject) => exclude.find(({ matches }) => matches(object));
    const all = props.manifests.flatMap(({ objects }) => objects);
    this.leftOut = all.flatMap((object) => {
      const reason = exclusion(object)?.reason;
      return reason === undefined ? [] : [{ object: logicalName(object), reason }];
    });
    refuseClearSecrets([...all, ...(props.patches ?? [])]);

    const parents = new Map<string, pulumi.Resource>();
    for (const manifest of props.manifests) {
      const parent = new pulumi.ComponentResource(
        'keelson:kubernetes:Manifest',
        `${name}/${manifest.name}`,
        {},
        { parent: this },
      );
      for (const object of manifest.objects) parents.set(keyOf(object), parent);
    }

    const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const resources = new Map<string, pulumi.CustomResource>();
    for (const { object, dependsOn } of order(
      all.filter((object) => !exclusion(object)),
      props.dependencies,
    )) {
      const resource = new KubernetesObject(
        typeToken(object),
        logicalName(object),
        annotated(object, owner),
        {
          parent: parents.get(keyOf(object)),
          provider,
          dependsOn: dependsOn.flatMap((other) => resources.get(keyOf(other)) ?? []),
          protect: protectData && holdsData(object),
          // Else a new version were a new object: the old one would be deleted, and it is the same.
          aliases: otherVersions(object).map((type) => ({ type })),
          // Names are chosen: the new object cannot stand beside the old one.
          deleteBeforeReplace: true,
        },
      );
      resources.set(keyOf(object), resource);
    }
    for (const patch of props.patches ?? []) {
      const { apiVersion, kind, metadata } = patch;
      const annotations = { ...patchManager(owner), ...metadata.annotations };
      new KubernetesObject(
        `${typeToken(patch)}Patch`,
        logicalName({ apiVersion, kind: `${kind}Patch`, metadata }),
        { ...patch, metadata: { ...metadata, annotations } },
        { parent: this, provider, dependsOn: resources.get(keyOf(patch)) ?? [] },
      );
    }
    this.resources = new Map([...all].flatMap((o) => entry(logicalName(o), resources.get(keyOf(o)))));
    this.registerOutputs({ objects: resources.size });
  }
}

const entry = <T>(name: string, value: T | undefined): [string, T][] => (value ? [[name, value]] : []);

function annotated(object: KubeObject, owner: string): pulumi.Inputs {
  const annotations = {
    ...FIELD_MANAGER,
    ...object.metadata.annotations,
    ...waitAnnotations(object),
    [OWNER_ANNOTATION]: owner,
  };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** A value that a manifest spells out stands in clear in files, previews and the state. */
function refuseClearSecrets(objects: readonly KubeObject[]): void {
  const problems = objects.flatMap((object) => {
    if (groupOf(object.apiVersion) !== '' || object.kind !== 'Secret') return [];
    const values = { ...(object.data as object), ...(object.stringData as object) };
    const clear = Object.entries(values).filter(([, value]) => !pulumi.Output.isInstance(value));
    return clear.map(([key]) => ({
      where: `${logicalName(object)}.${key}`,
      message:
        'has its value in clear; refer to it with secretRef() and give the value to the stack, or pass an Output',
    }));
  });
  if (problems.length > 0) throw new KeelsonError('Manifests', problems);
}
