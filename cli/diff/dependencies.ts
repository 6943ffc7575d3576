import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Files by which package managers say what is installed. */
const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'];

/** What a tree needs before its code runs. */
export type Dependencies =
  | { readonly kind: 'linked' }
  /** Its lock file is another one: `npm ci` has to run in the folder. */
  | { readonly kind: 'missing'; readonly folder: string }
  | { readonly kind: 'foreign'; readonly lock: string };

/**
 * Gives a checked-out tree the installed packages of the working tree, where both have the same lock file.
 *
 * @param folder of the application, from the top of both trees
 */
export function linkDependencies(top: string, tree: string, folder: string): Dependencies {
  for (const place of upwards(folder)) {
    const lock = LOCKS.find(
      (name) => existsSync(join(tree, place, name)) || existsSync(join(top, place, name)),
    );
    if (lock !== undefined && read(join(tree, place, lock)) !== read(join(top, place, lock))) {
      const isOfNpm = lock.endsWith('.json') && existsSync(join(tree, place, lock));
      return isOfNpm
        ? { kind: 'missing', folder: join(tree, place) }
        : { kind: 'foreign', lock: join(place, lock) };
    }
  }
  for (const place of upwards(folder)) {
    const [from, to] = [join(top, place, 'node_modules'), join(tree, place, 'node_modules')];
    if (existsSync(from) && existsSync(join(tree, place)) && !existsSync(to))
      linkPackages(from, to, top, tree);
  }
  return { kind: 'linked' };
}

/** A folder and those above it, up to the top: `a/b`, `a`, ``. */
const upwards = (folder: string): string[] =>
  folder === '' ? [''] : [folder, ...upwards(dirname(folder) === '.' ? '' : dirname(folder))];

const read = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

/** Each package alone, for a package of the repository itself is the one of the other tree. */
function linkPackages(from: string, to: string, top: string, tree: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from)) {
    const source = join(from, entry);
    if (entry.startsWith('@')) linkPackages(source, join(to, entry), top, tree);
    else symlinkSync(ownPackage(source, top, tree) ?? source, join(to, entry), 'junction');
  }
}

/** Where a package of the repository stands in the other tree. */
function ownPackage(source: string, top: string, tree: string): string | undefined {
  if (!lstatSync(source).isSymbolicLink() || !existsSync(source)) return undefined;
  const target = realpathSync(source);
  const isOwn =
    (target === top || target.startsWith(top + sep)) && !target.includes(`${sep}node_modules${sep}`);
  const own = join(tree, relative(top, target));
  return isOwn && existsSync(own) ? own : undefined;
}
