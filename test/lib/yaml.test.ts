import fc from 'fast-check';
import { dump } from 'js-yaml';
import type { KubeObject } from '../../lib/index.js';
import { toYaml } from '../../lib/yaml.js';

const byJsYaml = (objects: readonly KubeObject[]): string =>
  objects.map((object) => dump(object, { noRefs: true, lineWidth: -1 })).join('---\n');

/** Words that YAML's parsers disagree about, that end a document, or that look like others of the list. */
const TRICKY = [
  ...[
    '',
    ' ',
    '~',
    'null',
    'yes',
    'no',
    'on',
    'true',
    '0',
    '1',
    '80',
    '0o777',
    '1_000',
    '1e3',
    '.5',
    '0x1',
    '-0',
  ],
  ...[
    '---',
    '...',
    '- a',
    'a: b',
    'a:',
    'a',
    '# x',
    'x #',
    "it's",
    '"',
    '*x',
    '&x',
    '!x',
    '%x',
    '@x',
    '`',
    '<<',
    '=',
  ],
  ...[
    'a\nb',
    'a\n\nb\n',
    '\n',
    'ends\n\n',
    ' lead\nx',
    'trail \nx',
    'a\r\nb',
    '\t',
    '\u2028',
    '\ufeff',
    '2026-01-01',
  ],
  ...['x'.repeat(300), 'key with blanks', 'constructor'],
];

const word = fc.oneof(
  fc.constantFrom(...TRICKY),
  fc.stringMatching(/^[a-z][a-z0-9./-]{0,12}$/),
  fc.string({ unit: 'binary' }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    word,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
}));
const objects = fc.array(fc.dictionary(word, value, { minKeys: 1, maxKeys: 5 }), { maxLength: 3 });

test('writes the bytes that js-yaml writes, whatever the objects hold', () => {
  fc.assert(
    fc.property(objects, (given) => {
      expect(toYaml(given as unknown as KubeObject[])).toBe(byJsYaml(given as unknown as KubeObject[]));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['an empty mapping and an empty sequence', { podSelector: {}, externalIPs: [] }],
  ['sequences of sequences', { rows: [[1, [2, 3]], [], [{}]] }],
  ['a mapping in a sequence', { ports: [{ name: 'http', port: 80 }, { name: 'grpc' }] }],
  ['a file that ends with an empty line', { data: { 'a.txt': 'text\n\n' } }],
  ['a value that is also a name', { metadata: 'metadata:', 'a:': 'a' }],
  ['a number and its text', { a: 80, b: '80', c: true, d: 'true' }],
])('%s', (_what, fields) => {
  const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' }, ...fields } as KubeObject;
  expect(toYaml([object, object])).toBe(byJsYaml([object, object]));
});
