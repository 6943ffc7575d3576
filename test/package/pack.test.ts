import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Packed, pack, run } from '../support/packed.js';
import { filesBelow, ROOT, readPackage } from '../support/repository.js';

const ROOMS = ['cli', 'embedded', 'lib', 'stacks'];
const KIBIBYTE = 1024;

/** Everything that may be in the package. */
const EXPECTED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|bin\/keelson\.js)$/,
  /^dist\/(cli|embedded|lib|stacks)\/.*(?<!\.test)(\.d\.ts|(?<!\.test)\.js)$/,
  /^dist\/lib\/generated\/[^/]+$/,
  /^dist\/lib\/graph\/page\/[a-z]+\.(css|mjs)$/,
  /^dist\/lib\/constructs\/[a-z-]+\/[a-z-]+\.sh$/,
  /^nixos\/(?!test\/).+$/,
  /^templates\/repository\/.+$/,
  /^\.github\/workflows\/keelson-[a-z]+\.yml$/,
  /^embedded\/go\/[^/]+\/(go\.mod|go\.sum|tools\.go)$/,
];

let folder: string;
let packed: Packed;

const absent = (paths: readonly string[]) => paths.filter((path) => !packed.paths.includes(path));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-pack-'));
  packed = pack(folder);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('nothing but what a user runs: no tests, examples, TypeScript sources or manifests', () => {
  expect(packed.paths.filter((path) => !EXPECTED.some((pattern) => pattern.test(path)))).toEqual([]);
});

test('what is compiled is what the sources say, with the types of what can be imported', () => {
  const sources = ROOMS.flatMap(filesBelow).filter((path) => path.endsWith('.ts'));
  const compiled = sources.flatMap((path) =>
    (/^(cli|embedded)\//.test(path) ? ['.js'] : ['.js', '.d.ts']).map(
      (suffix) => `dist/${path.slice(0, -'.ts'.length)}${suffix}`,
    ),
  );
  const inDist = packed.paths.filter((path) => path.startsWith('dist/') && /\.(js|ts)$/.test(path));
  expect({ mend: 'make clean build', files: inDist.sort() }).toMatchObject({ files: compiled.sort() });
});

test('the data that it reads, the Go modules that it builds and its papers are there', () => {
  const modules = readdirSync(join(ROOT, 'embedded/go'));
  expect(modules).toEqual(expect.arrayContaining(['etcd', 'kubernetes', 'kwok', 'pulumi']));
  expect(
    absent([
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
      ...filesBelow('lib/generated')
        .filter((path) => path.endsWith('.json'))
        .map((path) => `dist/${path}`),
      ...filesBelow('embedded/go'),
      ...modules.flatMap((name) => [`embedded/go/${name}/go.mod`, `embedded/go/${name}/go.sum`]),
    ]),
  ).toEqual([]);
});

test('every file that package.json names is there', () => {
  const { bin = {}, exports = {} } = readPackage(ROOT);
  const named = [bin, ...Object.values(exports)].flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  expect(named.length).toBeGreaterThan(4);
  expect(absent(named.map((path) => path.replace(/^\.\//, '')))).toEqual([]);
});

test('it is small: at most 768 KiB to fetch and 3.5 MiB on the disk', () => {
  expect(packed.size).toBeLessThan(768 * KIBIBYTE);
  expect(packed.unpackedSize).toBeLessThan(3584 * KIBIBYTE);
  expect(packed.size).toBeGreaterThan(64 * KIBIBYTE);
});

test('publint finds nothing', () => {
  const publint = join(ROOT, 'node_modules/publint/src/cli.js');
  expect(run(process.execPath, [publint, 'run', packed.tarball, '--strict'], folder)).toContain('All good');
});

test('the types resolve from CommonJS and from ES modules', () => {
  const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [attw, packed.tarball, '--profile', 'node16', '--format', 'json'];
  // Fails by its exit code, for the resolutions of the profile.
  const { analysis } = JSON.parse(run(process.execPath, args, folder)) as {
    analysis: { entrypoints: Record<string, unknown> };
  };
  expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining(['.', './stacks']));
}, 60_000);
