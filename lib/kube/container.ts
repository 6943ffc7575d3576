import { Lazy } from 'cdk8s';
import type { Container } from 'kubernetes-types/core/v1';
import { imageProblem } from '../config/images.js';
import { nameProblem } from '../config/name.js';
import { type Endpoint, endpointVariables, envVar } from './endpoint.js';
import { environmentProblems } from './environment-variables.js';
import { type Files, fileMounts, secretsOf } from './files.js';
import { type KeysOf, unknownKeys } from './known-keys.js';
import { RESOURCE_DEFAULTS, type Resources, resourceProblems, resourceRequirements } from './resources.js';
import { isSecretRef, type SecretRef } from './secret-ref.js';
import { type Mounts, mountProblems, samePathProblems, volumeMounts } from './volumes.js';

/** One container of a pod. */
export interface ContainerProps {
  /** `repository:tag`, better with `@sha256:…`; inside an environment `env.image('web')`. */
  readonly image: string;
  /** Replaces the image's entry point. @default the image's */
  readonly command?: readonly string[];
  /** Arguments of the command. @default the image's */
  readonly args?: readonly string[];
  /** Variables: plain text or a reference to a secret. @default none */
  readonly env?: Readonly<Record<string, string | SecretRef>>;
  /**
   * Files by absolute path, as text or as a reference to a secret. Changed text starts the pods anew, one after the
   * other; a changed secret does not, since its value is unknown here.
   * @default none
   */
  readonly files?: Files;
  /** Folders by absolute path, besides a `/tmp` of 64 MiB, whose place one at `/tmp` takes. @default none */
  readonly volumes?: Mounts;
  /** @default 25 thousandths of a core, 64 MiB (at most 256 MiB), 256 MiB of disk */
  readonly resources?: Resources;
}

export const CONTAINER_KEYS: KeysOf<ContainerProps> = {
  image: true,
  command: true,
  args: true,
  env: true,
  files: true,
  volumes: true,
  resources: true,
};

/**
 * @param endpoints what the pod uses, read when the whole tree stands
 * @param extra the pull policy, and ports, probes and whatever else belongs to one container of the pod only
 */
export function container(
  name: string,
  props: ContainerProps,
  endpoints: () => readonly Endpoint[],
  extra: Partial<Container> = {},
): Container {
  return {
    name,
    image: props.image,
    ...(props.command && { command: [...props.command] }),
    ...(props.args && { args: [...props.args] }),
    env: Lazy.any({
      produce: () =>
        Object.entries({ ...endpointVariables(endpoints()), ...props.env }).map(([key, value]) =>
          envVar(key, value),
        ),
    }),
    resources: resourceRequirements(props.resources),
    volumeMounts: [...volumeMounts(props.volumes), ...fileMounts(props.files)],
    ...extra,
  };
}

/** Every secret that a container refers to. */
export const containerSecrets = ({ env = {}, files = {} }: ContainerProps): SecretRef[] => [
  ...Object.values(env).filter(isSecretRef),
  ...secretsOf([files]),
];

export function containerProblems(
  props: ContainerProps,
  { versionRequired }: { readonly versionRequired: boolean },
): string[] {
  const image = imageProblem(props.image, { versionRequired });
  const { ephemeralStorageMiB = RESOURCE_DEFAULTS.ephemeralStorageMiB } = props.resources ?? {};
  return [
    ...(image ? [`image: ${image}`] : []),
    ...resourceProblems(props.resources),
    ...environmentProblems(props.env),
    ...mountProblems(props.volumes, ephemeralStorageMiB),
    ...samePathProblems([props.volumes, props.files].flatMap((one) => Object.keys(one ?? {}))),
  ];
}

/** Problems of the init containers or sidecars of a pod, each with its name. */
export const namedContainerProblems = (
  kind: string,
  containers: Readonly<Record<string, ContainerProps>>,
  options: { readonly versionRequired: boolean },
): string[] =>
  Object.entries(containers).flatMap(([name, props]) => [
    ...(nameProblem(name) ? [`${kind}: ${nameProblem(name)}`] : []),
    ...unknownKeys(props, CONTAINER_KEYS, `${kind}.${name}.`),
    ...containerProblems(props, options).map((problem) => `${kind}.${name}.${problem}`),
  ]);
