import { join } from 'node:path';
import ts from 'typescript';
import * as keelson from '../../lib/index.js';
import { type Block, fileIn, type Page } from './markdown.js';
import { ROOT } from './repository.js';

/*
 * What a page of documentation shows as TypeScript is one of three things:
 * - a block that begins with an import is a whole module, in a project whose application is `./app`;
 * - a block that begins with a key is a part of what `defineApplication` takes;
 * - any other block is the body of `services(env)`; what it names of Keelson and of cdk8s is imported. `chart` is a
 *   chart of somebody who uses Keelson's constructs without its environments.
 */

const LOCK = 'images.lock.json';
/** The example that stands for the reader's own application. */
const APPLICATION = join(ROOT, 'examples/lunch/app');
const CDK8S = ['ApiObject', 'App', 'Chart', 'JsonPatch'];

/** What a part of an application lacks to be one. */
const REST = {
  name: "'docs'",
  domain: "'docs.example.com'",
  contact: "'ops@example.com'",
  clusters: '{ main: {} }',
  environments: "{ staging: { cluster: 'main' } }",
  services: '() => {}',
};

/** TypeScript of a page, as a module that compiles alone. */
export interface DocumentedModule {
  /** `docs/quickstart.md:64`: the page and the line on which the block begins. */
  readonly name: string;
  readonly source: string;
  /** Lines of the source before the block's first. */
  readonly added: number;
  /** Text of its images.lock.json. */
  readonly lock: string;
}

export function documentedModule(block: Block, page: Page): DocumentedModule {
  const { text, line } = block;
  const name = `${page.path}:${line}`;
  if (/^import /.test(text))
    return { name, source: text, added: 0, lock: text.includes(LOCK) ? fileIn(page, LOCK) : '{}' };
  const isPart = /^\w+: /.test(text);
  const before = isPart ? partBefore(text) : bodyBefore(text);
  const source = `${before}${text}${isPart ? '});' : '}'}\n`;
  return { name, source, added: before.split('\n').length - 1, lock: lockFor(text) };
}

const imports = (text: string, always: readonly string[]): string => {
  const named = (names: readonly string[]) => names.filter((one) => new RegExp(`\\b${one}\\b`).test(text));
  const own = [...new Set([...always, ...named(Object.keys(keelson))])];
  const theirs = named(CDK8S);
  return [
    own.length > 0 ? `import { ${own.join(', ')} } from 'keelson';\n` : '',
    theirs.length > 0 ? `import { ${theirs.join(', ')} } from 'cdk8s';\n` : '',
  ].join('');
};

function partBefore(text: string): string {
  const rest = Object.entries(REST).filter(([key]) => !new RegExp(`^${key}\\b`, 'm').test(text));
  return `${imports(text, ['defineApplication'])}export default defineApplication({
${rest.map(([key, value]) => `${key}: ${value},\n`).join('')}`;
}

function bodyBefore(text: string): string {
  const chart = /\bchart\b/.test(text);
  return `import type { Environment } from 'keelson';
${chart ? "import type { Chart as Theirs } from 'cdk8s';\n" : ''}${imports(text, [])}
export const services = (${/\benv\b/.test(text) ? 'env' : '_env'}: Environment${chart ? ', chart: Theirs' : ''}): void => {
`;
}

/** An image for every one that a block asks its environment for. */
const lockFor = (text: string): string =>
  JSON.stringify(
    Object.fromEntries(
      [...text.matchAll(/env\.image\('([\w-]+)'\)/g)].map(([, service = '']) => [
        service,
        Object.fromEntries(
          ENVIRONMENTS.map((environment) => [
            environment,
            { repository: `registry.example.com/docs/${service}`, tag: '1.0.0' },
          ]),
        ),
      ]),
    ),
  );

const ENVIRONMENTS = ['development', 'staging', 'production'];

/** Compiles them all at once with the project's own settings. @returns problems by the name of the module */
export function compile(modules: readonly DocumentedModule[]): Map<string, string[]> {
  const virtual = new Map<string, string>();
  const files = modules.map((module, index) => {
    const folder = join(ROOT, '.docs', `${index}`);
    virtual.set(join(folder, LOCK), module.lock);
    virtual.set(join(folder, 'app.ts'), `export { default } from '${APPLICATION}.js';\n`);
    virtual.set(join(folder, 'block.ts'), module.source);
    return join(folder, 'block.ts');
  });
  const program = createProgram(files, virtual);
  return new Map(
    modules.map(({ name, added }, index) => {
      const file = program.getSourceFile(files[index] ?? '');
      const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [name, diagnostics.map((one) => shown(one, added))];
    }),
  );
}

function shown({ code, messageText, file, start = 0 }: ts.Diagnostic, added: number): string {
  const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 - added : 0;
  return `line ${line} of the block: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

function createProgram(files: readonly string[], virtual: ReadonlyMap<string, string>): ts.Program {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
  const settings: ts.CompilerOptions = { ...options, types: ['node'], declaration: false };
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile, directoryExists } = host;
  const folders = new Set([...virtual.keys()].map((path) => join(path, '..')));
  host.fileExists = (path) => virtual.has(path) || fileExists(path);
  host.readFile = (path) => virtual.get(path) ?? readFile(path);
  host.directoryExists = (path) => folders.has(path) || (directoryExists?.(path) ?? false);
  return ts.createProgram(files, settings, host);
}

/** What a module exports once it has run. */
export interface Exported {
  readonly default?: keelson.Application;
  readonly services?: (env: keelson.Environment, chart: unknown) => void;
}

/** @param load the test's own `require`, for which Jest finds `keelson` */
export function evaluate({ name, source, lock }: DocumentedModule, load: (id: string) => unknown): Exported {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
    fileName: name,
  });
  const exported = {};
  const from = (id: string) =>
    id === `./${LOCK}` ? JSON.parse(lock) : load(id === './app' ? APPLICATION : id);
  new Function('exports', 'require', outputText)(exported, from);
  return exported;
}

/** An application around the body of `services(env)`. */
export const applicationAround = (
  services: (env: keelson.Environment) => void,
  { lock }: DocumentedModule,
): keelson.Application =>
  keelson.defineApplication({
    name: 'docs',
    domain: 'docs.example.com',
    contact: 'ops@example.com',
    images: JSON.parse(lock) as keelson.ImagesLock,
    clusters: { main: {} },
    environments: Object.fromEntries(ENVIRONMENTS.map((name) => [name, { cluster: 'main' }])),
    services,
  });
