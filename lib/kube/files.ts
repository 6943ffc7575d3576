import type { Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { isSecretRef, type SecretRef, secretRefProblem } from './secret-ref.js';
import { pathProblem } from './volumes.js';

/** Files of a container: absolute path → its text, or the secret that holds it. */
export type Files = Readonly<Record<string, string | SecretRef>>;

const CONFIG_VOLUME = 'files';

/** The etcd limit on an object, in bytes, less room for the rest of it. @see https://kubernetes.io/docs/concepts/configuration/configmap/ */
const LARGEST = 1_000_000;

/** A ConfigMap's key for a path: `/etc/app/config.yaml` → `etc.app.config.yaml`. */
const keyOf = (path: string): string => path.slice(1).replace(/[^-\w.]/g, '.');

/** What stands in the ConfigMap of a pod, for the files of all its containers. */
export const configMapData = (files: readonly Files[]): Record<string, string> =>
  Object.fromEntries(
    files.flatMap((one) =>
      Object.entries(one).flatMap(([path, text]) => (isSecretRef(text) ? [] : [[keyOf(path), text]])),
    ),
  );

export const secretsOf = (files: readonly Files[]): SecretRef[] =>
  files.flatMap((one) => Object.values(one)).filter(isSecretRef);

/** One volume for the ConfigMap and one for each secret. */
export function fileVolumes(files: readonly Files[], configMap: string): Volume[] {
  const secrets = [...new Set(secretsOf(files).map(({ secret }) => secret))];
  return [
    ...(Object.keys(configMapData(files)).length > 0
      ? [{ name: CONFIG_VOLUME, configMap: { name: configMap } }]
      : []),
    ...secrets.map((secretName) => ({
      name: secretVolume(secretName),
      secret: { secretName, defaultMode: 0o440 },
    })),
  ];
}

/** Each file alone, so that its folder keeps what the image has in it. */
export const fileMounts = (files: Files = {}): VolumeMount[] =>
  Object.entries(files).map(([mountPath, text]) => ({
    mountPath,
    readOnly: true,
    ...(isSecretRef(text)
      ? { name: secretVolume(text.secret), subPath: text.key }
      : { name: CONFIG_VOLUME, subPath: keyOf(mountPath) }),
  }));

const secretVolume = (secret: string): string => `secret-${secret}`;

/** So that its volume's name is no longer than 63. */
const LONGEST_SECRET = 56;

/** Names of the volumes that hold secrets. */
export const secretVolumes = (files: readonly Files[]): string[] =>
  secretsOf(files).map(({ secret }) => secretVolume(secret));

/** Problems of the files of all containers of one pod, whose ConfigMap they share. */
export function fileProblems(files: readonly Files[]): string[] {
  const texts = files.flatMap((one) => Object.entries(one));
  const keys = new Map<string, readonly [string, string | SecretRef]>();
  const size = Object.values(configMapData(files)).reduce(
    (sum, text) => sum + Buffer.byteLength(`${text}`),
    0,
  );
  return [
    ...texts.flatMap(([path, text]) => {
      const other = keys.get(keyOf(path));
      keys.set(keyOf(path), [path, text]);
      return [
        ...(pathProblem(path) ? [`files: ${pathProblem(path)}`] : []),
        ...(isSecretRef(text) && secretRefProblem(text) ? [`files.${path}: ${secretRefProblem(text)}`] : []),
        ...(isSecretRef(text) && text.secret.length > LONGEST_SECRET
          ? [
              `files.${path}: the Secret's name is longer than ${LONGEST_SECRET}, which a volume's allows; shorten it`,
            ]
          : []),
        ...(isSecretRef(text) || typeof text === 'string'
          ? []
          : [`files.${path}: a ${typeof text} was given; text or secretRef(…) is expected`]),
        ...(other && !isSecretRef(text) && other[1] !== text
          ? [
              `files: "${other[0]}" and "${path}" would be one key of the ConfigMap with two contents; rename one`,
            ]
          : []),
      ];
    }),
    ...(size > LARGEST
      ? [
          `files: ${size} bytes are more than a ConfigMap holds (${LARGEST}); put them into the image or a volume`,
        ]
      : []),
  ];
}
