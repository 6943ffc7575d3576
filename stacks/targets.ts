import type { DeployOptions } from './deploy-options.js';
import { exportState } from './state-export.js';

/** Selects nothing. The engine adds the access to the cluster to every selection, so that alone is brought up. */
export const ACCESS_ALONE = ['**::pulumi:providers:none::**'];

/** @param object its logical name, such as `shop/Deployment/web` */
const urnPattern = (object: string): string => `**::${object}`;

/** The logical name in a URN. */
export const logicalNameIn = (urn: string): string => urn.split('::').slice(3).join('::');

/** What a destroy or a refresh of chosen objects touches, as the engine's `--target` takes it. */
export const targetsOf = (objects: readonly string[] | undefined): { target?: string[] } =>
  objects === undefined ? {} : { target: objects.map(urnPattern) };

/**
 * What an up or a preview of chosen objects touches: these, and the parents that the state lacks, without which none
 * could be made. Those that it has are left out: the engine takes their children for chosen as well, and refuses the
 * run where one of them is to be deleted.
 */
export async function targetsWithParents(options: DeployOptions): Promise<{ target?: string[] }> {
  if (options.only === undefined) return {};
  const parents = await missingParents(options);
  return { target: [...options.only.map(urnPattern), ...parents] };
}

/** The parents that the state lacks; {@link ACCESS_ALONE} where it has them all. */
export async function parentTargets(options: DeployOptions): Promise<string[]> {
  return [...ACCESS_ALONE, ...(await missingParents(options))];
}

async function missingParents(options: DeployOptions): Promise<string[]> {
  const { application, stacks } = options.synthesis;
  const manifests = stacks.find(({ name }) => name === options.stack)?.manifests ?? [];
  const wanted = [
    `keelson:kubernetes:ClusterManifests::${application}`,
    ...['secrets', ...manifests.map(({ name }) => name)].map(
      (name) => `keelson:kubernetes:Manifest::${application}/${name}`,
    ),
  ];
  const { deployment } = await exportState(options);
  const known = (deployment.resources ?? []).map(({ urn }) => urn);
  return wanted.filter((end) => !known.some((urn) => urn.endsWith(end))).map((end) => `**${end}`);
}
