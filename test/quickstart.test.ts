import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from './support/temporary-folder.js';

const root = resolve(__dirname, '..');
const folder = temporaryFolder();
const page = readFileSync(join(root, 'docs/quickstart.md'), 'utf8');

/** The code block that follows the file's name. */
function fileIn(markdown: string, name: string): string {
  const block = markdown.slice(markdown.indexOf(`\`${name}\``)).match(/```\w+\n([\s\S]*?)```/);
  if (!block?.[1]) throw new Error(`docs/quickstart.md shows no ${name}`);
  return block[1];
}

test("the quickstart's own application synthesizes as it stands there", () => {
  const project = folder();
  for (const name of ['package.json', 'images.lock.json', 'app.ts'])
    writeFileSync(join(project, name), fileIn(page, name));
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, 'bin/keelson.js'), 'synth'], {
    cwd: project,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('https://www.hello.localhost');
  expect(existsSync(join(project, 'dist/manifests/local/hello.k8s.yaml'))).toBe(true);
});
