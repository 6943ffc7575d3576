import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Diagnostic, lint } from './support/biome.js';

interface Case {
  readonly file: string;
  readonly code: string;
  readonly rule?: string;
}

const imported = (from: string) => `import { x } from '${from}';\nexport const y = x;\n`;
const forbidden = (file: string, from: string): Case => ({
  file,
  code: imported(from),
  rule: 'noRestrictedImports',
});
const allowed = (file: string, from: string): Case => ({ file, code: imported(from) });

const ROOMS_OF_LIB = ['lib', 'lib/config', 'lib/kube', 'lib/constructs', 'lib/charts'];
const IMPURE = [
  '@pulumi/pulumi',
  '@pulumi/pulumi/automation',
  'node:child_process',
  'node:dns',
  'node:dns/promises',
  'node:http',
  'node:http2',
  'node:https',
  'node:net',
  'node:os',
  'node:process',
  'node:tls',
  '../../stacks/program.js',
  '../../embedded/message-of.js',
  '../../cli/commands/up.js',
];

const CASES: readonly Case[] = [
  ...ROOMS_OF_LIB.flatMap((room) => IMPURE.map((from) => forbidden(`${room}/a.ts`, from))),
  ...ROOMS_OF_LIB.map((room) => allowed(`${room}/a.ts`, 'node:fs')),

  forbidden('lib/config/a.ts', '../kube/pod.js'),
  forbidden('lib/config/a.ts', '../constructs/service.js'),
  forbidden('lib/config/a.ts', '../charts/platform.js'),
  forbidden('lib/config/a.ts', '../constructs/environment.js'),
  forbidden('lib/kube/a.ts', '../constructs/environment.js'),
  forbidden('lib/kube/a.ts', '../charts/platform.js'),
  allowed('lib/kube/a.ts', '../config/problem.js'),
  forbidden('lib/constructs/a.ts', '../charts/platform.js'),
  allowed('lib/constructs/a.ts', '../kube/pod.js'),
  allowed('lib/charts/a.ts', '../constructs/service.js'),
  allowed('lib/a.ts', './charts/platform.js'),

  forbidden('stacks/a.ts', '../cli/main.js'),
  forbidden('stacks/a.ts', '../embedded/binaries/cache.js'),
  allowed('stacks/a.ts', '@pulumi/pulumi'),
  allowed('stacks/a.ts', '../lib/synth.js'),
  forbidden('embedded/a.ts', '../cli/main.js'),
  forbidden('embedded/deep/a.ts', '../../stacks/program.js'),
  allowed('embedded/a.ts', '../lib/progress.js'),
  allowed('cli/a.ts', '../embedded/binaries/cache.js'),
  allowed('cli/a.ts', '../stacks/program.js'),

  forbidden('examples/a/app.ts', '../../lib/index.js'),
  forbidden('examples/a/test/a.test.ts', '../../../lib/index.js'),
  forbidden('examples/a/app.ts', 'cdk8s'),
  forbidden('examples/a/app.ts', 'keelson/dist/lib/synth.js'),
  allowed('examples/a/app.ts', 'keelson'),
  allowed('examples/a/app.ts', 'keelson/stacks'),
  allowed('examples/a/app.ts', './images.lock.json'),
  allowed('examples/a/test/a.test.ts', '../app.js'),
  allowed('examples/a/test/a.test.ts', 'node:fs'),

  { file: 'lib/a.ts', code: 'export const home = process.env.HOME;\n', rule: 'noProcessEnv' },
  { file: 'lib/a.ts', code: 'export const { env } = process;\n', rule: 'noRestrictedGlobals' },
  { file: 'lib/a.ts', code: 'export const now = new Date();\n', rule: 'noRestrictedGlobals' },
  { file: 'lib/a.ts', code: "export const page = fetch('x');\n", rule: 'noRestrictedGlobals' },
  { file: 'cli/a.ts', code: 'export const home = process.env.HOME;\n' },
  { file: 'lib/a.ts', code: "import 'http';\n", rule: 'useNodejsImportProtocol' },
  { file: 'lib/a.ts', code: "export * from 'jest';\n", rule: 'noUndeclaredDependencies' },
  { file: 'lib/a.ts', code: "export type { A } from '@pulumi/pulumi';\n", rule: 'noRestrictedImports' },
  {
    file: 'lib/a.ts',
    code: "export const a = import('@pulumi/pulumi');\n",
    rule: 'noRestrictedImports',
  },
];

const RULES = [...new Set(CASES.map(({ rule }) => rule))];

/** `lib/a.ts` becomes `lib/case-7.ts`: every case has a file of its own, in its room. */
const fileOf = (index: number) => CASES[index]?.file.replace(/[^/]*$/, `case-${index}.ts`) ?? '';

let found: readonly Diagnostic[];

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-lint-'));
  const write = (file: string, code: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  };
  try {
    for (const file of ['biome.json', 'package.json']) copyFileSync(file, join(folder, file));
    for (const [index, { code }] of CASES.entries()) write(fileOf(index), code);
    write('lib/cycle-a.ts', "import { b } from './cycle-b.js';\nexport const a = () => b;\n");
    write('lib/cycle-b.ts', "import { a } from './cycle-a.js';\nexport const b = () => a;\n");
    write('lib/type-a.ts', "import type { B } from './type-b.js';\nexport type A = B[];\n");
    write('lib/type-b.ts', "import type { A } from './type-a.js';\nexport type B = A | string;\n");
    found = lint(folder, '--vcs-enabled=false');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(CASES.map(({ file, code, rule }, index) => [file, code.split('\n', 1)[0], rule ?? 'fine', index]))(
  '%s: %s: %s',
  (_file, _code, rule, index) => {
    const rules = found
      .filter(({ path, rule }) => path === fileOf(Number(index)) && RULES.includes(rule))
      .map(({ rule }) => rule);
    if (rule === 'fine') expect(rules).toEqual([]);
    else expect(rules).toContain(rule);
  },
);

test('values may not go in a circle, types may', () => {
  const circles = found.filter(({ rule }) => rule === 'noImportCycles').map(({ path }) => path);
  expect(new Set(circles)).toEqual(new Set(['lib/cycle-a.ts', 'lib/cycle-b.ts']));
});

test('the messages say what to do instead', () => {
  const message = (file: string) =>
    found.find(({ path }) => path === fileOf(CASES.findIndex((c) => c.file === file)));
  expect(message('stacks/a.ts')?.message).toContain('take it as an argument');
});

test('the repository keeps the rules', () => {
  expect(lint('.')).toEqual([]);
});
