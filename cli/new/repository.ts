import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { hostProblem, nameProblem } from '../../lib/config/name.js';
import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import { packageFolder } from '../package-folder.js';
import { withVersions } from './package-versions.js';

export interface RepositoryOptions {
  /** Of the application; its folder too. */
  readonly name: string;
  /** Hosts of production end with it. @default `<name>.example.com` */
  readonly domain?: string;
  /** Whom Let's Encrypt writes to. @default `ops@<domain>` */
  readonly contact?: string;
  /** Where the reusable workflows are called, `OWNER/REPOSITORY@COMMIT`. @default copies in the repository itself */
  readonly workflows?: string;
}

/** Files that npm would leave out of a package or take for its own. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore', npmrc: '.npmrc' };
const WORKFLOWS = '.github/workflows';

/**
 * Writes a repository that passes its own tests, whole or not at all.
 *
 * @returns its files, relative to it
 * @throws KeelsonError for a name that is none, and where there is something already
 */
export function createRepository(options: RepositoryOptions, parent: string): readonly string[] {
  const { name, workflows, domain = `${name}.example.com`, contact = `ops@${domain}` } = options;
  const target = resolve(parent, name);
  const misnamed = nameProblem(name);
  const problems: Problem[] = misnamed
    ? [{ where: 'NAME', message: misnamed }]
    : problemsOf({ domain, contact, workflows }, target);
  if (problems.length > 0) throw new KeelsonError('The new repository', problems);
  const words: Readonly<Record<string, string>> = {
    'ops@starter.example.com': contact,
    'starter.example.com': domain,
    starter: name,
  };
  const files = new Map<string, string>();
  const templates = join(packageFolder(), 'templates', 'repository');
  for (const [path, text] of textsBelow(templates))
    files.set(
      RENAMED[path] ?? path,
      text.replace(/(ops@)?starter\.example\.com|starter/g, (word) => words[word] ?? word),
    );
  files.set('package.json', withVersions(files.get('package.json') ?? '', packageFolder()));
  if (workflows === undefined)
    for (const [path, text] of textsBelow(join(packageFolder(), WORKFLOWS)))
      if (path.startsWith('keelson-')) files.set(`${WORKFLOWS}/${path}`, text);
  if (workflows !== undefined)
    for (const [path, text] of files)
      if (path.startsWith(WORKFLOWS)) files.set(path, calling(text, workflows));
  write(target, files);
  return [...files.keys()].sort();
}

function problemsOf(
  { domain, contact, workflows }: Omit<RepositoryOptions, 'name'>,
  target: string,
): Problem[] {
  const given: readonly (readonly [string, string | undefined])[] = [
    ['--domain', hostProblem(domain)],
    [
      '--contact',
      v.is(v.pipe(v.string(), v.email()), contact)
        ? undefined
        : `${JSON.stringify(contact)} is no e-mail address`,
    ],
    [
      '--workflows',
      workflows === undefined || /^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/.test(workflows)
        ? undefined
        : `${JSON.stringify(workflows)} names no commit of a repository; give OWNER/REPOSITORY@ and the full hash of 40 digits: a branch or a tag may change what they run`,
    ],
    [
      target,
      existsSync(target) && readdirSync(target).length > 0
        ? 'is there and not empty; choose another name, or empty it'
        : undefined,
    ],
  ];
  return given.flatMap(([where, message]) => (message === undefined ? [] : [{ where, message }]));
}

const textsBelow = (folder: string): (readonly [path: string, text: string])[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')] as const;
    });

/** The workflows of another repository, instead of the copies beside. */
function calling(text: string, workflows: string): string {
  const [repository, commit] = workflows.split('@');
  return text.replace(
    /uses: \.\/(\.github\/workflows\/keelson-[a-z]+\.yml)/g,
    (_found, path: string) => `uses: ${repository}/${path}@${commit}`,
  );
}

function write(target: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(dirname(target), { recursive: true });
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}`);
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(draft, path)), { recursive: true });
      writeFileSync(join(draft, path), text);
    }
    if (existsSync(target)) rmdirSync(target);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}
