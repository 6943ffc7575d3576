import {
  certManager,
  helmController,
  kubernetes,
  prometheusOperator,
  type Source,
  traefik,
} from './sources.js';

const TYPES = 'types of its custom resources';

const FILES: readonly (readonly [string, Source, string])[] = [
  [
    'lib/generated/cert-manager.json',
    certManager,
    'its Helm chart, rendered, and its custom resource definitions',
  ],
  ['lib/generated/traefik-crds.json', traefik, 'its custom resource definitions'],
  ['lib/generated/k3s-crds.json', helmController, 'its custom resource definitions'],
  ['lib/generated/merge-keys.json', kubernetes, 'the keys of its lists, and where its quantities stand'],
  ['lib/generated/custom-resources/cert-manager.ts', certManager, TYPES],
  ['lib/generated/custom-resources/traefik.ts', traefik, TYPES],
  ['lib/generated/custom-resources/k3s.ts', helmController, TYPES],
  ['lib/generated/custom-resources/prometheus-operator.ts', prometheusOperator, TYPES],
  [
    'test/schema/prometheus-operator-crds.json',
    prometheusOperator,
    'three of its custom resource definitions (not published)',
  ],
  [
    `test/schema/kubernetes-${kubernetes.version.slice(1)}.json`,
    kubernetes,
    'its OpenAPI definitions (not published)',
  ],
];

/** Says of every generated file what it was made from and under which licence that stands. */
export const readme = (): string =>
  `# Generated files

\`make generate\` (\`tools/generate\`) writes these files from Go modules; nobody edits them. They contain material of
other projects, changed: descriptions are left out or shortened, labels are ours, and cert-manager's values
(\`tools/generate/cert-manager-values.ts\`) fit a small machine. Versions stand in \`lib/config/versions.ts\`, checksums in
\`tools/generate/sources.sum\`.

| file | what | from | licence |
|---|---|---|---|
${FILES.map(
  ([file, { module, version, licence, copyright }, what]) =>
    `| ${file} | ${what} | ${module} ${version} | ${licence}, ${copyright} |`,
).join('\n')}

## Licences

Apache-2.0: <https://www.apache.org/licenses/LICENSE-2.0>

MIT, for what comes from traefik:

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
