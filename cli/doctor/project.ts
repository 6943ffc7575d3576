import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { imagesSchema } from '../../lib/config/images.js';
import { parse } from '../../lib/config/parse.js';
import { KeelsonError } from '../../lib/config/problem.js';
import { synthesize } from '../../lib/synth.js';
import { loadApplication } from '../../stacks/application.js';
import { packageFolder } from '../package-folder.js';
import { count } from '../summary.js';
import type { Finding } from './finding.js';
import { isAtLeast, programVersion } from './program-version.js';

/** What the application's own repository has. */
export async function checkProject(root: string, online: boolean): Promise<readonly Finding[]> {
  return [
    await keelsonFinding(root, online),
    ...packageFindings(root),
    lockFinding(root),
    await applicationFinding(root),
    imagesFinding(root),
  ];
}

const KEELSON = 'keelson';

async function keelsonFinding(root: string, online: boolean): Promise<Finding> {
  const own = versionIn(join(packageFolder(), 'package.json')) ?? '';
  const resolved = resolve(root, KEELSON);
  const installed = resolved === undefined ? undefined : versionIn(resolved);
  if (installed !== undefined && installed !== own)
    return {
      what: KEELSON,
      state: 'outdated',
      found: `this is ${own}, the application has ${installed}`,
      neededFor: 'the same result as its workflows',
      mend: 'npx keelson, in its folder, runs its own',
    };
  const newest = online ? await programVersion('npm', ['view', KEELSON, 'version']) : undefined;
  if (newest?.kind !== 'version')
    return { what: KEELSON, state: 'ok', found: `${own}; whether there is a newer one is not known` };
  return isAtLeast(own, newest.version)
    ? { what: KEELSON, state: 'ok', found: own }
    : {
        what: KEELSON,
        state: 'outdated',
        found: `${own}; there is ${newest.version}`,
        neededFor: 'what is new, and mended',
        mend: `npm install keelson@${newest.version}`,
      };
}

const packageFindings = (root: string): Finding[] =>
  [
    { name: 'cdk8s' },
    { name: 'constructs' },
    { name: '@pulumi/pulumi', neededFor: 'preview, up and destroy' },
  ].map(({ name, neededFor }) => {
    const file = resolve(root, name);
    const version = file && versionIn(file);
    const about = { what: name, ...(neededFor && { neededFor }) };
    return version
      ? { ...about, state: 'ok', found: version }
      : { ...about, state: 'missing', found: 'not installed', mend: `npm install ${name}` };
  });

function lockFinding(root: string): Finding {
  const about = { what: 'package-lock.json', neededFor: 'workflows, and comparing commits fast' };
  const lock = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'].find((name) =>
    existsSync(join(root, name)),
  );
  return lock
    ? { ...about, what: lock, state: 'ok', found: 'there' }
    : { ...about, state: 'missing', found: 'not there', mend: 'npm install, then commit package-lock.json' };
}

async function applicationFinding(root: string): Promise<Finding> {
  try {
    const application = await loadApplication(root);
    const { stacks } = synthesize(application);
    const environments = stacks.filter(({ kind }) => kind === 'environment').length;
    return {
      what: 'application',
      state: 'ok',
      found: `${application.name}: ${count(environments, 'environment')}`,
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return {
      what: 'application',
      state: 'broken',
      found: text.split('\n').slice(0, 3).join(' ').replace(/\s+/g, ' '),
      mend: 'keelson synth (says all of it)',
    };
  }
}

function imagesFinding(root: string): Finding {
  const about = { what: 'images.lock.json', neededFor: 'images that are named there' };
  const file = join(root, 'images.lock.json');
  if (!existsSync(file)) return { ...about, state: 'ok', found: 'not there: every image stands in the code' };
  try {
    const lock = parse(imagesSchema, JSON.parse(readFileSync(file, 'utf8')), 'images.lock.json');
    const images = Object.values(lock).flatMap((environments) => Object.values(environments));
    const pinned = images.filter(({ digest }) => digest !== undefined).length;
    return { ...about, state: 'ok', found: `${count(images.length, 'image')}, ${pinned} of them by digest` };
  } catch (error) {
    const found =
      error instanceof KeelsonError
        ? error.problems.map(({ where, message }) => `${where}: ${message}`)[0]
        : undefined;
    return {
      ...about,
      state: 'broken',
      found: found ?? 'is no JSON',
      mend: 'git log -p images.lock.json (who changed it, and how)',
    };
  }
}

/** The package.json of a package, as the application's folder finds it. */
function resolve(root: string, name: string): string | undefined {
  try {
    return createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
}

function versionIn(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version;
  } catch {
    return undefined;
  }
}
