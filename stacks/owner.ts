/** Says which stack an object belongs to, as `<project>/<stack>`. */
export const OWNER_ANNOTATION = 'keelson.dev/stack';

/**
 * Under this name the provider writes. It would make one up for each object and keep it in the state: then a stack that
 * lost its state could take an object back, but not change it.
 */
export const FIELD_MANAGER = { 'pulumi.com/patchFieldManager': 'keelson' };

/** The same for single fields of others' objects: under one name they would take away what the other had set. */
export const patchManager = (owner: string) => ({ 'pulumi.com/patchFieldManager': `keelson-patch/${owner}` });

/** The stack that a resource belongs to, from its URN: `urn:pulumi:<stack>::<project>::…`. */
export function ownerOf(urn: string): string {
  const [stack = '', project = ''] = urn.split('::');
  return `${project}/${stack.slice('urn:pulumi:'.length)}`;
}
