import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { KeelsonError } from '../../lib/config/problem.js';
import { environmentsOf } from '../../lib/config/selection.js';
import type { DiffReport } from '../../lib/diff/report.js';
import { diffTerminal } from '../../lib/diff/terminal.js';
import { confirm } from '../confirm.js';
import { compare } from '../diff/compare.js';
import { findCommit, findRepository, git, type Repository, uncommitted } from '../diff/git.js';
import type { Source } from '../diff/source.js';
import { changeLines } from '../images/lines.js';
import { lockText } from '../images/lock-file.js';
import { environmentNamed, type ImagesProject, openProject } from '../images/project.js';
import { reportToStderr } from '../target.js';
import { currentUser } from '../user.js';
import { applicationFiles, filesSince } from './application-files.js';
import { commitObject } from './commit-object.js';
import { type Change, lastChange, lockAt, TRAILER } from './history.js';
import { imagesOf, nameOf, type Selected, withImagesOf } from './selected.js';

export interface RollbackOptions {
  /** The commit to go back to. @default the one before the last change */
  readonly to?: string;
  /** Leave the application's files as they are. @default false */
  readonly imagesOnly?: boolean;
  /** Go on where the application's files change other environments too. @default false */
  readonly withOthers?: boolean;
  /** Ask nothing. @default false */
  readonly yes?: boolean;
}

/** Takes an environment back to what it ran before, as one commit, after showing what that means. */
export async function rollback(selected: Selected, options: RollbackOptions): Promise<void> {
  const { environment, service } = selected;
  const project = await openProject();
  environmentNamed(project, environment);
  const here = realpathSync(process.cwd());
  const repository = findRepository(here);
  if (!repository) throw problem(here, 'is in no git repository, so nothing is known of what ran before');
  refuseUncommitted(repository);
  const lock = relative(repository.top, realpathSync(project.lockFile)).replaceAll('\\', '/');
  // What the application's files say is for all services.
  const configuration = service === undefined && !options.imagesOnly ? applicationFiles(repository) : [];

  const target =
    options.to === undefined
      ? await previous(repository, here, selected, lock, configuration)
      : (findCommit(repository, options.to) ?? fail(`--to ${options.to}`, 'is no commit'));
  const images = imagesBefore(repository, selected, lock, target);
  const next = withImagesOf(project.lock, images, selected);
  const short = target.slice(0, 7);
  const commit = commitObject(repository, {
    from: target,
    restored: filesSince(repository, configuration, target).filter(
      (file) => file !== lock && configuration.length > 0,
    ),
    written: { [lock]: lockText(next) },
    message: messageOf(project, selected, next, target, configuration.length > 0),
  });
  if (commit === undefined) throw problem(nameOf(selected), `is as in ${short} already; nothing changed`);

  const report = await difference(repository, here, commit, `rolled back to ${short}`);
  show(report);
  refuseBroken(report, environment);
  if (!options.withOthers) refuseOthers(report, project, environment);
  if (!options.yes) await confirm(`Commit this? [y/N] `, { what: nameOf(selected) });
  git(repository.top, 'merge', '--ff-only', '--quiet', commit);
  process.stdout.write(
    `\nCommitted as ${commit.slice(0, 7)}. Push it, or bring it to the cluster with: keelson up --env ${environment}\n`,
  );
}

function refuseUncommitted(repository: Repository): void {
  const changed = uncommitted(repository).filter((line) => !line.startsWith('??'));
  if (changed.length > 0)
    throw new KeelsonError(
      'The working tree',
      changed.slice(0, 10).map((line) => ({
        where: line.slice(3),
        message: 'is not committed; commit it, or `git stash` it first',
      })),
    );
}

async function previous(
  repository: Repository,
  here: string,
  selected: Selected,
  lock: string,
  configuration: readonly string[],
): Promise<string> {
  const changesMore = async ({ before, commit }: Change): Promise<boolean> => {
    if (configuration.length === 0) return false;
    reportToStderr(`Looking at what ${commit.slice(0, 7)} changed …`);
    const sides = { base: commitSource(repository, before), head: commitSource(repository, commit) };
    const environments = [selected.environment];
    // What cannot be compared, as where the environment was not there yet, is nothing to go back to.
    const report = await compare({ ...sides, here, environments, report: () => undefined }).catch(
      (error: unknown) => {
        if (error instanceof KeelsonError) return undefined;
        throw error;
      },
    );
    return report?.stacks.some(({ changes }) => changes.length > 0) ?? false;
  };
  const search = { selected, lock, files: [lock, ...configuration], changesMore };
  const change = await lastChange(repository, search);
  return (
    change?.before ??
    fail(
      nameOf(selected),
      'has run nothing else in the history of this branch; a shallow clone has a short one (git fetch --unshallow)',
    )
  );
}

function imagesBefore(repository: Repository, selected: Selected, path: string, target: string) {
  const lock = lockAt(repository, target, path);
  const short = target.slice(0, 7);
  if (!lock) return fail(path, `cannot be read in ${short}; name an earlier commit by --to`);
  if (imagesOf(lock, selected).size === 0) return fail(nameOf(selected), `had no image in ${short}`);
  return lock;
}

function messageOf(
  { lock }: ImagesProject,
  selected: Selected,
  next: ImagesProject['lock'],
  target: string,
  withConfiguration: boolean,
): string {
  const [before, after] = [imagesOf(lock, selected), imagesOf(next, selected)];
  const changes = [...after].flatMap(([service, image]) => {
    const old = before.get(service);
    return JSON.stringify(old) === JSON.stringify(image) ? [] : [{ service, before: old, after: image }];
  });
  const what = withConfiguration ? 'images and configuration' : 'images';
  return [
    `Roll ${nameOf(selected)} back to the ${what} of ${target.slice(0, 7)}`,
    '',
    ...(changes.length > 0 ? [...changeLines(selected.environment, changes, '').slice(0, -1), ''] : []),
    `${TRAILER}: ${nameOf(selected)} ${target}`,
    '',
  ].join('\n');
}

const commitSource = (repository: Repository, commit: string, name = commit.slice(0, 7)): Source => ({
  kind: 'commit',
  name,
  commit,
  repository,
});

function difference(repository: Repository, here: string, commit: string, name: string): Promise<DiffReport> {
  const now = git(repository.top, 'rev-parse', 'HEAD');
  const sides = { base: commitSource(repository, now, 'now'), head: commitSource(repository, commit, name) };
  return compare({ ...sides, here, report: reportToStderr });
}

function show(report: DiffReport): void {
  const { isTTY = false, columns } = process.stdout;
  const colour = isTTY && !process.env.NO_COLOR;
  process.stdout.write(
    diffTerminal(report, { colour, full: false, ...(isTTY && columns !== undefined && { width: columns }) }),
  );
}

function refuseBroken({ head }: DiffReport, environment: string): void {
  if (head.problems.length > 0)
    throw problem(
      environment,
      'what it ran before does not synthesize any more (see above); nothing changed',
    );
}

/** One environment goes back: the files of the application may not take another one along unseen. */
function refuseOthers({ stacks }: DiffReport, { definition }: ImagesProject, environment: string): void {
  const names = environmentsOf(definition, currentUser())
    .filter(({ personal }) => !personal)
    .map(({ name }) => name);
  const others = stacks.filter(
    ({ name, changes }) => name !== environment && names.includes(name) && changes.length > 0,
  );
  if (others.length > 0)
    throw new KeelsonError(
      'The rollback',
      others.map(({ name }) => ({
        where: name,
        message: `would change too, by the application's files; nothing was committed. Give --with-others to take it along, or --images-only`,
      })),
    );
}

const problem = (where: string, message: string) => new KeelsonError('The rollback', [{ where, message }]);

function fail(where: string, message: string): never {
  throw problem(where, message);
}
