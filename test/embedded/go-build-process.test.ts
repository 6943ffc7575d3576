import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildFromModule, findBuilt } from '../../embedded/binaries/go-build.js';
import { withLock } from '../../embedded/binaries/lock.js';
import { describeWithGo } from '../support/go-tool.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const folder = temporaryFolder();
const environment = { ...process.env };
beforeEach(() => {
  process.env.KEELSON_CACHE = join(folder(), 'cache');
});
afterEach(() => {
  process.env = { ...environment };
});

/** A module of one package per text, with what is told to a person on the way. */
function moduleOf(sources: Readonly<Record<string, string>>) {
  const source = join(folder(), 'source');
  const files = { 'go.mod': 'module example.com/tools\n\ngo 1.21\n', 'go.sum': '', ...sources };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), text);
  }
  const lines: string[] = [];
  const module = {
    name: 'tools',
    folder: source,
    version: 'v1.2.3',
    binaries: [
      { name: 'hammer', package: 'example.com/tools/hammer' },
      { name: 'saw', package: 'example.com/tools/server/v3' },
    ],
    minutes: 1,
    definitions: { 'main.version': 'v1.2.3' },
  };
  return { module, lines, report: (line: string) => void lines.push(line) };
}

const PRINTS =
  'package main\n\nimport "os"\n\nvar version string\n\nfunc main() { os.Stdout.WriteString(version) }\n';

describeWithGo('two programs')('a Go module', () => {
  test('gives all its programs in one build, by their own names, and is not built again', async () => {
    const { module, lines, report } = moduleOf({ 'hammer/main.go': PRINTS, 'server/v3/main.go': PRINTS });
    expect(await findBuilt(module)).toBeUndefined();
    const built = await buildFromModule(module, { report });
    expect(readdirSync(join(built, 'bin')).sort()).toEqual(['hammer', 'saw']);
    for (const name of ['hammer', 'saw'])
      expect(execFileSync(join(built, 'bin', name), { encoding: 'utf8' })).toBe('v1.2.3');
    expect(lines[0]).toBe('Building hammer, saw v1.2.3 from the Go module tools (once, about a minute) …');
    expect(await findBuilt(module)).toBe(built);
    const told = lines.length;
    expect(await buildFromModule(module, { report })).toBe(built);
    expect(lines).toHaveLength(told);
  });

  test('that is larger comes before others that wait, too', async () => {
    const { module, lines, report } = moduleOf({ 'hammer/main.go': PRINTS, 'server/v3/main.go': PRINTS });
    const sizes = [1, 3, 2].map((minutes) => ({ ...module, name: `tools-${minutes}`, minutes }));
    const built = await withLock(join(folder(), 'cache', 'building'), { onWait: () => {} }, async () => {
      const builds = sizes.map((size) => buildFromModule(size, { report }));
      await until('all of them wait', () => lines.length === sizes.length);
      return { builds };
    });
    await Promise.all(built.builds);
    expect(lines.flatMap((line) => /^Building .* module (\S+)/.exec(line)?.[1] ?? [])).toEqual([
      'tools-3',
      'tools-2',
      'tools-1',
    ]);
  });

  test('of which one program does not compile leaves nothing, and says what and where', async () => {
    const { module, report } = moduleOf({
      'hammer/main.go': PRINTS,
      'server/v3/main.go': 'package main\n\nfunc main() { absent() }\n',
    });
    const building = buildFromModule(module, { report });
    await expect(building).rejects.toThrow(
      /^hammer, saw v1\.2\.3 could not be built in .*undefined: absent/s,
    );
    expect(readdirSync(join(folder(), 'cache'))).not.toContain('building');
    expect(await findBuilt(module)).toBeUndefined();
  });
});
