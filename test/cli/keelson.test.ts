import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.js';

const root = resolve(__dirname, '../..');
const keelson = join(root, 'bin/keelson.js');

const scratch = temporaryFolder();
const folder = () => mkdtempSync(join(scratch(), 'cli-'));

function run(args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [keelson, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, KEELSON_USER: 'ada' },
  });
  return { status, stdout, stderr };
}

function bytesBelow(directory: string): Record<string, string> {
  return Object.fromEntries(
    (readdirSync(directory, { recursive: true }) as string[])
      .filter((file) => statSync(join(directory, file)).isFile())
      .map((file) => [file, readFileSync(join(directory, file), 'base64')]),
  );
}

test('`cdk8s synth` and `keelson synth`, from the root and from the example, write the same bytes', () => {
  const outs = [folder(), folder(), folder()].map((parent) => join(parent, 'manifests'));
  const [first = '', second = '', third = ''] = outs;
  expect(run(['synth', '--out', first], root)).toMatchObject({ status: 0, stderr: '' });
  expect(run(['synth', '--out', second], join(root, 'examples/lunch'))).toMatchObject({ status: 0 });
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/.bin/cdk8s'), 'synth', '--check-upgrade=false', '--output', third],
    {
      cwd: root,
      env: { ...process.env, KEELSON_USER: 'ada' },
    },
  );
  const bytes = bytesBelow(first);
  expect(Object.keys(bytes)).toEqual(expect.arrayContaining(['local/lunch.k8s.yaml', 'ada/lunch.k8s.yaml']));
  expect(bytesBelow(second)).toEqual(bytes);
  expect(bytesBelow(third)).toEqual(bytes);
});

test('whoever stops reading gets no error; a disk that is full is one', async () => {
  const unheard = spawn(process.execPath, [keelson, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  unheard.stdout.destroy();
  let said = '';
  unheard.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  expect([...(await once(unheard, 'close')), said]).toEqual([0, null, '']);
  const full = spawnSync('sh', ['-c', `"${process.execPath}" "${keelson}" --help >/dev/full`], {
    encoding: 'utf8',
  });
  expect([full.status, full.stderr]).toEqual([1, expect.stringContaining('the output cannot be written')]);
});

test('an unknown environment is an error, and nothing is written', () => {
  const out = join(folder(), 'manifests');
  const { status, stderr } = run(['synth', '--env', 'stagin', '--out', out], root);
  expect(status).toBe(1);
  expect(stderr).toContain('there is no "stagin"; did you mean "staging"?');
  expect(existsSync(out)).toBe(false);
});

test.each(['preview', 'up', 'destroy'])('%s of an unknown environment names the nearest one', (verb) => {
  const { status, stderr } = run([verb, '--env', 'stagin'], root);
  expect(status).toBe(1);
  expect(stderr).toContain('there is no "stagin"; did you mean "staging"?');
});

test('a context that is not in the kubeconfig is told before an engine is looked for', () => {
  const file = join(folder(), 'kubeconfig');
  writeFileSync(file, JSON.stringify({ contexts: [{ name: 'production', context: {} }] }));
  const { status, stderr } = run(['preview', '--kubeconfig', file, '--context', 'prodution'], root);
  expect(status).toBe(1);
  expect(stderr).toContain('there is no "prodution"; did you mean "production"?');
});

test('an output folder that cannot be one is an error', () => {
  const out = join(folder(), 'file');
  writeFileSync(out, 'mine');
  const { status, stderr } = run(['synth', '--out', out], root);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^The output folder has 1 problem:\n {2}.*: cannot be written: ENOTDIR/);
  expect(readFileSync(out, 'utf8')).toBe('mine');
});

test('Ctrl-C in the middle of preparations says how to go on, without a stack', async () => {
  const project = folder();
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ keelson: { application: join(root, 'examples/lunch/app.ts') } }),
  );
  writeFileSync(join(project, 'pulumi'), '#!/bin/sh\necho v3.251.0\n');
  chmodSync(join(project, 'pulumi'), 0o755);
  const starting = join(project, '.keelson/embedded/local.lock');
  mkdirSync(starting, { recursive: true });
  // As another process holds it that has long to go.
  utimesSync(starting, new Date(), new Date(Date.now() + 3_600_000));
  const child = spawn(process.execPath, [keelson, 'up'], {
    cwd: project,
    env: { ...process.env, PATH: `${project}${delimiter}${process.env.PATH}` },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (/Waiting for another process/.test(text)) child.kill('SIGINT');
  });
  const [status] = await once(child, 'close');
  expect(stderr).toMatch(/keelson up: was interrupted; the same command goes on from here\n$/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(1);
});

test('an unknown verb is answered with the nearest one', () => {
  const { status, stderr } = run(['sinth'], root);
  expect(status).toBe(1);
  expect(stderr).toContain('Did you mean synth?');
});

test('a folder without an application says what is missing', () => {
  const { status, stderr } = run(['synth'], folder());
  expect(status).toBe(1);
  expect(stderr).toContain('"keelson": { "application": "app.ts" }');
});

test('down without a control plane names the folder, and where one above has one', () => {
  const above = realpathSync(folder());
  const application = join(above, 'examples/shop');
  mkdirSync(application, { recursive: true });
  for (const place of [above, application]) {
    writeFileSync(join(place, 'package.json'), '{ "keelson": { "application": "app.js" } }');
    writeFileSync(join(place, 'app.js'), '');
  }
  expect(run(['down'], application)).toMatchObject({
    status: 0,
    stdout: `There is no embedded control plane in ${application}.\n`,
  });
  const cluster = join(above, '.keelson/embedded/local');
  mkdirSync(cluster, { recursive: true });
  expect(run(['down'], application)).toMatchObject({
    status: 0,
    stdout: `There is no embedded control plane in ${application}.\nIn ${above} there is one (local); keelson down in that folder removes it.\n`,
  });
  expect(existsSync(cluster)).toBe(true);
  expect(run(['down'], above)).toMatchObject({
    status: 0,
    stdout: 'Gone, with everything on it: embedded control plane local.\n',
  });
  expect(existsSync(cluster)).toBe(false);
});

test('a mistake in the application is told with its file and line', () => {
  const project = folder();
  writeFileSync(join(project, 'package.json'), '{ "keelson": { "application": "app.ts" } }');
  writeFileSync(
    join(project, 'app.ts'),
    "import 'keelson';\nconst x: { y?: { z: number } } = {};\nx.y!.z;\nexport default 1;\n",
  );
  const { status, stderr } = run(['synth'], project);
  expect(status).toBe(1);
  expect(stderr).toContain('app.ts:3');
});
