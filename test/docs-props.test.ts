import { interfacesOf, type Property } from './support/interfaces.js';
import { type Page, pages } from './support/markdown.js';

const FOLDER = 'docs/reference/constructs/';
/** What five constructs have in common is described once. */
const COMMON = ['ContainerProps', 'WorkloadProps'];
/** Pages whose defaults stand in words of their own; they name every prop all the same. */
const IN_OWN_WORDS = [
  'certificate-issuers.md',
  'monitoring.md',
  'redis.md',
  'registry.md',
  'traefik-configuration.md',
];
/** Their props are traefik's, of which the pages name those that need a word. */
const AS_TRAEFIK_HAS_THEM = ['middleware.md', 'tls-option.md'];
/** Tables besides those of a construct's own props. */
const FIELDS = [
  ['README.md', 'Resources'],
  ['README.md', 'Metrics'],
  ['service.md', 'Autoscale'],
  ['stateful-service.md', 'Storage'],
] as const;

const interfaces = interfacesOf('lib');
const described = pages().filter(({ path }) => path.startsWith(FOLDER));
const pageOf = (file: string): Page => {
  const page = described.find(({ path }) => path === `${FOLDER}${file}`);
  if (!page) throw new Error(`there is no ${FOLDER}${file}`);
  return page;
};

/** `| \`a\`, \`b\` | meaning | default |` → the third cell by each name of the first. */
const rowsOf = ({ text }: Page): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^\| `.*\|$/gm)].flatMap(([row]) => {
      const [, names = '', , byDefault = ''] = row.split('|').map((cell) => cell.trim());
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, byDefault] as const);
    }),
  );

const plain = (text: string): string => text.replaceAll('`', '');

/** What a page does not say as the docstring does; its reason, after a colon, may stand elsewhere. */
function differences(page: Page, properties: readonly Property[]): string[] {
  const rows = rowsOf(page);
  return properties.flatMap(({ name, optional, default: documented = '' }) => {
    if (!rows.has(name)) return [`${name} is missing`];
    const row = plain(rows.get(name) ?? '');
    const expected = optional ? plain(documented.split(': ')[0] ?? '') : '';
    return row === expected ? [] : [`${name}: the page says "${row}", the docstring "${expected}"`];
  });
}

const constructs = described.flatMap(({ path }) => {
  const file = path.slice(FOLDER.length);
  const name = file
    .replace(/\.md$/, '')
    .replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase());
  const properties = interfaces.get(`${name}Props`);
  return properties && !AS_TRAEFIK_HAS_THEM.includes(file) ? [[file, properties] as const] : [];
});

test('the pages of the constructs are found', () => {
  expect(constructs.map(([file]) => file)).toEqual(expect.arrayContaining(['service.md', 'external.md']));
});

test.each(constructs)('%s names every prop with its default', (file, properties) => {
  const own = properties.filter(({ declaredBy }) => !COMMON.includes(declaredBy));
  if (IN_OWN_WORDS.includes(file))
    expect(own.filter(({ name }) => !pageOf(file).text.includes(`\`${name}`))).toEqual([]);
  else expect(differences(pageOf(file), own)).toEqual([]);
  if (own.length < properties.length)
    expect(pageOf(file).text).toContain('](README.md#what-every-workload-takes)');
});

test('what every workload takes is named once, with its defaults', () => {
  expect(differences(pageOf('README.md'), interfaces.get('WorkloadProps') ?? [])).toEqual([]);
});

test.each(FIELDS)('%s names the fields of %s', (file, name) => {
  const properties = interfaces.get(name) ?? [];
  expect(properties.length).toBeGreaterThan(1);
  expect(differences(pageOf(file), properties)).toEqual([]);
});

test('every page is in the index', () => {
  const { text } = pageOf('README.md');
  for (const { path } of described)
    if (!path.endsWith('/README.md')) expect(text).toContain(`](${path.slice(FOLDER.length)})`);
});
