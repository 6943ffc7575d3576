import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, resolve } from 'node:path';
import type { Application } from '../lib/application.js';
import { KeelsonError } from '../lib/config/problem.js';

/** Where this library itself is, which may be inside of the application's repository. */
const KEELSON = resolve(__dirname, '..');

/**
 * Loads the application that the nearest package.json names, from `folder` upwards:
 * `"keelson": { "application": "path/to/app.ts" }`. TypeScript is compiled in memory, without a type check.
 *
 * @throws KeelsonError where nothing is named, the file is not there, it throws, or its default export is no
 *   application. What `defineApplication` finds wrong comes through as it is.
 */
export async function loadApplication(folder: string): Promise<Application> {
  const { file, root } = findApplication(resolve(folder));
  const shown = relative(process.cwd(), file) || file;
  let application: unknown;
  try {
    application = (load(file) as { default?: unknown } | undefined)?.default;
  } catch (error) {
    throw explained(error, shown, root);
  }
  if (isApplication(application)) return explaining(application, shown, root);
  const message =
    application === undefined
      ? 'has no default export; end it with: export default defineApplication({ … })'
      : `its default export is ${kindOf(application)}, no application; export what defineApplication({ … }) returns`;
  throw new KeelsonError('The application', [{ where: shown, message }]);
}

/** The application, whose services say as well as its module does where in the user's own code they threw. */
function explaining(application: Application, shown: string, root: string): Application {
  const { definition } = application;
  const services: typeof definition.services = (environment) => {
    try {
      definition.services(environment);
    } catch (error) {
      throw explained(error, shown, root);
    }
  };
  return Object.create(application, { definition: { value: { ...definition, services } } });
}

/**
 * The application's module, and the folder whose package.json names it; both absolute.
 *
 * @throws KeelsonError where no package.json from `folder` upwards names an application that exists.
 */
export function findApplication(folder: string): { readonly file: string; readonly root: string } {
  for (let root = folder; ; root = dirname(root)) {
    const named = applicationOf(join(root, 'package.json'));
    if (named !== undefined) {
      const file = resolve(root, named);
      if (existsSync(file)) return { file, root };
      throw new KeelsonError('The application', [
        {
          where: join(root, 'package.json'),
          message: `keelson.application names ${named}, which does not exist`,
        },
      ]);
    }
    if (dirname(root) === root) break;
  }
  throw new KeelsonError('The application', [
    {
      where: folder,
      message:
        'neither this folder nor one above has a package.json with "keelson": { "application": "app.ts" }; change to the folder of your application, or add it there',
    },
  ]);
}

function applicationOf(packageJson: string): string | undefined {
  if (!existsSync(packageJson)) return undefined;
  try {
    const named: unknown = JSON.parse(readFileSync(packageJson, 'utf8'))?.keelson?.application;
    return typeof named === 'string' ? named : undefined;
  } catch (error) {
    throw new KeelsonError('The application', [
      { where: packageJson, message: `is no JSON: ${error instanceof Error ? error.message : error}` },
    ]);
  }
}

function load(file: string): unknown {
  if (!/^\.[cm]?tsx?$/.test(extname(file))) return createRequire(file)(file);
  // The application must use this very copy of the library: two copies would not know each other's classes.
  const library = ['js', 'ts']
    .map((end) => resolve(__dirname, `../lib/index.${end}`))
    .find((path) => existsSync(path));
  // Loaded when it is needed: importing it costs as much as a quarter of this package.
  const { createJiti } = createRequire(__filename)('jiti') as typeof import('jiti');
  const jiti = createJiti(file, { interopDefault: false, alias: library ? { keelson: library } : {} });
  // Not jiti.import(): synthesis is synchronous, and require() shares the modules that are loaded already.
  return jiti(file);
}

function explained(error: unknown, shown: string, root: string): KeelsonError {
  // By its looks, not its class: an application may have another copy of the library, or run in another realm.
  const { name, stack } = (error ?? {}) as Partial<Error>;
  if (name === 'KeelsonError') return error as KeelsonError;
  const known = new KeelsonError('The application', [
    { where: frame(stack ?? '', root) ?? shown, message: givenTwice(error) ?? String(error) },
  ]);
  known.cause = error;
  return known;
}

/** What `constructs` says of two children with one id, as a person can act on it. */
function givenTwice(error: unknown): string | undefined {
  const [, id, scope] = /already a Construct with name '(.*)' in \w+ \[(.*)\]/.exec(String(error)) ?? [];
  return id && `there is a "${id}" in ${scope} already; give one of the two another name`;
}

/** `file:line:column` of the innermost call in the user's own code. */
function frame(stack: string, root: string): string | undefined {
  const frames = [...stack.matchAll(/(?:\(|at |file:\/\/)([^()\s]+:\d+:\d+)\)?$/gm)].map(
    ([, place = '']) => place,
  );
  const own = frames.find(
    (place) => place.startsWith(root) && !place.startsWith(KEELSON) && !place.includes('node_modules'),
  );
  return own && relative(process.cwd(), own);
}

const isApplication = (value: unknown): value is Application => {
  const definition = (value as { definition?: { name?: unknown; services?: unknown } } | null)?.definition;
  return typeof definition?.name === 'string' && typeof definition.services === 'function';
};

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
