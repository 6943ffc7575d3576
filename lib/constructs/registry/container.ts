import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, Volume } from 'kubernetes-types/core/v1';
import { REGISTRY_PATHS, registryConfiguration } from './configuration.js';

/** What the server's pod and the collection's pod have in common: image, volume, settings and scripts. */
export interface RegistryContainer {
  readonly name: string;
  readonly image: string;
}

const script = (file: string): string => readFileSync(join(__dirname, file), 'utf8');

/** Contents of the ConfigMap, for both pods. */
export const registryFiles = (options: {
  readonly users: boolean;
  readonly metrics: boolean;
}): Record<string, string> => ({
  'config.yml': registryConfiguration({ ...options, readOnly: false }),
  'read-only.yml': registryConfiguration({ ...options, readOnly: true }),
  'serve.sh': script('serve.sh'),
  'collect-garbage.sh': script('collect-garbage.sh'),
});

export const registryVolumes = (name: string): Volume[] => [
  { name: 'configuration', configMap: { name } },
  { name: 'storage', persistentVolumeClaim: { claimName: name } },
];

/** A container that runs one of the scripts on the registry's volume. */
export const registryContainer = (
  { name, image }: RegistryContainer,
  file: 'serve.sh' | 'collect-garbage.sh',
  options: readonly string[] = [],
): Pick<Container, 'name' | 'image' | 'imagePullPolicy' | 'command' | 'env' | 'volumeMounts'> => ({
  name,
  image,
  // The registry never waits for a registry of its own: once on the node, its image is never asked for again.
  imagePullPolicy: 'IfNotPresent',
  command: [
    'sh',
    `${REGISTRY_PATHS.configuration}/${file}`,
    REGISTRY_PATHS.configuration,
    REGISTRY_PATHS.storage,
    ...options,
  ],
  // Else version 3 looks for a collector of traces, and complains of none every few seconds.
  env: [{ name: 'OTEL_TRACES_EXPORTER', value: 'none' }],
  volumeMounts: [
    { name: 'configuration', mountPath: REGISTRY_PATHS.configuration, readOnly: true },
    { name: 'storage', mountPath: REGISTRY_PATHS.storage },
  ],
});
