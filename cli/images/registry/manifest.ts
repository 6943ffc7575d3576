import * as v from 'valibot';

/** @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
const descriptorSchema = v.object({
  mediaType: v.string(),
  digest: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/)),
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type Descriptor = v.InferOutput<typeof descriptorSchema>;

/** An image has a configuration and layers; an index has the manifests of an image for several platforms. */
const imageSchema = v.object({ config: descriptorSchema, layers: v.array(descriptorSchema) });
const indexSchema = v.object({ manifests: v.array(descriptorSchema) });
const manifestSchema = v.union([imageSchema, indexSchema]);

/** What a manifest names: blobs, or other manifests. */
export interface Parts {
  readonly blobs: readonly Descriptor[];
  readonly manifests: readonly Descriptor[];
}

/** Every kind of manifest that a registry may keep, OCI's first. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** What the bytes of a manifest name, or undefined where they are none, or half of one. */
export function partsOf(bytes: Uint8Array): Parts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  const { success, output } = v.safeParse(manifestSchema, value);
  if (!success) return undefined;
  return 'manifests' in output
    ? { blobs: [], manifests: output.manifests }
    : { blobs: [output.config, ...output.layers], manifests: [] };
}
