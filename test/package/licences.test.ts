import satisfies from 'spdx-satisfies';
import { productionDependencies } from '../support/dependencies.js';
import { type PackageJson, ROOT } from '../support/repository.js';

/** Licences that ask for no more than their notice, by their SPDX names; of EPL-2.0 only what is used unchanged. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC0-1.0',
  'EPL-2.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
];

/**
 * Packages whose package.json does not state their licence as SPDX does: what their LICENSE file says, with the
 * version that was read.
 */
const READ: Readonly<Record<string, string>> = {
  '@logdna/tail-file@2.2.0': 'MIT',
  // Graphviz is compiled into it, unchanged.
  '@viz-js/viz@3.31.0': 'MIT AND EPL-2.0',
};

const MEND =
  'replace the package, or have its licence approved and add it to ALLOWED (or, where only its package.json is at ' +
  'fault, to READ) in test/package/licences.test.ts';

function problemOf({ name, version, license }: Pick<PackageJson, 'name' | 'version' | 'license'>) {
  const stated = READ[`${name}@${version}`] ?? license;
  if (typeof stated !== 'string') return `${name}@${version} states no licence: ${MEND}`;
  return isAllowed(stated) ? undefined : `${name}@${version} is under ${stated}: ${MEND}`;
}

function isAllowed(expression: string): boolean {
  try {
    return satisfies(expression, ALLOWED);
  } catch {
    return false;
  }
}

test('whatever is installed with Keelson has a licence that a company can accept', () => {
  const manifests = productionDependencies(ROOT).map(({ manifest }) => manifest);
  expect(manifests.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['cdk8s', 'valibot', '@pulumi/pulumi']),
  );
  expect(manifests.flatMap((manifest) => problemOf(manifest) ?? [])).toEqual([]);
});

test.each([
  ['MIT', undefined],
  ['(MIT OR GPL-3.0-only)', undefined],
  ['Apache-2.0 AND MIT', undefined],
  ['GPL-3.0-only', 'a@1.0.0 is under GPL-3.0-only: replace the package'],
  ['MIT AND GPL-3.0-only', 'a@1.0.0 is under MIT AND GPL-3.0-only'],
  ['SEE LICENSE IN licence.txt', 'a@1.0.0 is under SEE LICENSE'],
  [undefined, 'a@1.0.0 states no licence'],
])('a package under %s', (license, problem) => {
  const found = problemOf({ name: 'a', version: '1.0.0', ...(license && { license }) });
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(problem);
});
