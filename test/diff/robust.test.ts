import fc from 'fast-check';
import { diffJson, diffManifests, diffMarkdown, diffTerminal } from '../../lib/diff/index.js';
import { isFields } from '../../lib/diff/json.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { goodObjects } from '../support/samples.js';

/** Ways to every value below the root of an object. */
const pathsIn = (value: unknown, path: readonly string[] = []): string[][] => {
  const inner = Array.isArray(value) || isFields(value) ? Object.entries(value as object) : [];
  return inner.flatMap(([name, item]) => [[...path, name], ...pathsIn(item, [...path, name])]);
};

function spoilt(object: KubeObject, path: readonly string[], value: unknown): KubeObject {
  const copy = structuredClone(object);
  let here = copy as unknown as Record<string, unknown>;
  for (const step of path.slice(0, -1)) here = here[step] as Record<string, unknown>;
  here[path.at(-1) ?? ''] = value;
  return copy;
}

test('a manifest that no server would take is compared all the same', () => {
  const objects = goodObjects();
  const places = objects.flatMap((object, index) =>
    pathsIn(object)
      .filter(([first, second]) => first === 'spec' || first === 'rules' || second === 'labels')
      .map((path) => ({ index, path })),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.constantFrom(null, {}, [], 'text', 7, true),
      ({ index, path }, value) => {
        const other = objects.map((object, at) => (at === index ? spoilt(object, path, value) : object));
        for (const [before, after] of [
          [objects, other],
          [other, objects],
          [[], other],
          [other, []],
        ]) {
          const stacks = diffManifests(
            [{ name: 'a', objects: before ?? [] }],
            [{ name: 'a', objects: after ?? [] }],
          );
          const side = { name: 'x', problems: [] };
          const report = { base: side, head: side, stacks, uncompared: [] };
          for (const write of [diffJson, diffMarkdown, diffTerminal]) expect(write(report)).not.toBe('');
        }
      },
    ),
    { numRuns: 150 },
  );
});
