import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from '../../lib/config/parse.js';
import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import { requireSealed } from './age.js';
import { type BackupPlace, DRAFT } from './backup-place.js';

/*
 * A backup is a folder: parts, each encrypted; `backup.json`, which says in clear what they are, and nothing else; and
 * `SHA256SUMS` of all, for sha256sum. Nobody needs Keelson to open it.
 */

const INDEX = 'backup.json';
/** Without it a folder is no backup. */
export const SUMS = 'SHA256SUMS';
const SUFFIX = '.gz.age';

const text = v.pipe(v.string(), v.nonEmpty());

const partSchema = v.variant('kind', [
  /** A snapshot of etcd, by the file's name on its server. */
  v.object({ kind: v.literal('snapshot'), file: text, name: text }),
  /** The tokens that a snapshot is opened with. */
  v.object({ kind: v.literal('tokens'), file: text }),
  /** The cluster's Secrets with certificates. */
  v.object({ kind: v.literal('certificates'), file: text }),
  /** The state of a Pulumi stack; secrets in it are encrypted with its passphrase as well. */
  v.object({ kind: v.literal('state'), file: text, stack: text }),
  /** What a pod keeps. */
  v.object({ kind: v.literal('data'), file: text, namespace: text, pod: text }),
]);

const indexSchema = v.object({
  format: v.literal(1),
  application: text,
  cluster: text,
  /** The moment at which it was begun. */
  made: v.pipe(v.string(), v.isoTimestamp()),
  /** Package of k3s that the cluster ran. */
  k3s: text,
  parts: v.array(partSchema),
});

export type BackupPart = v.InferOutput<typeof partSchema>;
export type PartOf<K extends BackupPart['kind']> = Extract<BackupPart, { kind: K }>;
/** What is known of a backup without a key. */
export type BackupIndex = v.InferOutput<typeof indexSchema>;

/** @param path of a part inside the backup, without suffix */
export const partFile = (path: string): string => `${path}${SUFFIX}`;

/** `main-2026-11-26T014500Z`: sorts by age, and is a file's name everywhere. */
const nameOf = ({ cluster, made }: Pick<BackupIndex, 'cluster' | 'made'>): string =>
  `${cluster}-${made.replace(/\.\d+/, '').replaceAll(':', '')}`;

const isOf = (cluster: string, name: string): boolean =>
  name.startsWith(`${cluster}-`) && /^\d{4}-\d\d-\d\dT\d{6}Z$/.test(name.slice(cluster.length + 1));

/**
 * Makes a backup: whole and checked, or not at all.
 *
 * @param write puts the parts' files into a folder and returns them
 * @returns its name, and what `keelson restore` takes
 */
export async function writeBackup(
  place: BackupPlace,
  index: Omit<BackupIndex, 'format' | 'parts'>,
  write: (folder: string) => Promise<readonly BackupPart[]>,
): Promise<{ readonly name: string; readonly kept: string }> {
  const name = nameOf(index);
  const draft = join(place.drafts, `${name}${DRAFT}`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const parts = [...(await write(draft))];
    const content: BackupIndex = { format: 1, ...index, parts };
    await writeFile(join(draft, INDEX), `${JSON.stringify(content, null, 2)}\n`);
    const files = [...parts.map(({ file }) => file), INDEX].sort();
    const sums = await Promise.all(files.map(async (file) => `${await sumOf(join(draft, file))}  ${file}\n`));
    await writeFile(join(draft, SUMS), sums.join(''));
    await readBackup(draft);
    return { name, kept: await place.keep(draft, name) };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Reads what a folder holds, once every file in it is the one that was written.
 *
 * @throws KeelsonError with everything that is missing, changed or not encrypted
 */
export async function readBackup(folder: string): Promise<BackupIndex> {
  const subject = `The backup ${folder}`;
  const [indexText, sumsText] = await Promise.all(
    [INDEX, SUMS].map((file) => readFile(join(folder, file), 'utf8').catch(() => undefined)),
  );
  if (indexText === undefined || sumsText === undefined)
    throw new KeelsonError(subject, [
      { where: `${INDEX}, ${SUMS}`, message: 'are not there: this is no backup, or not a whole one' },
    ]);
  const sums = new Map(
    [...sumsText.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map(([, sum = '', file = '']) => [file, sum]),
  );
  const problems: Problem[] = [];
  const check = async (file: string): Promise<void> => {
    const sum = existsSync(join(folder, file)) ? await sumOf(join(folder, file)) : undefined;
    if (sum === undefined) problems.push({ where: file, message: 'is missing' });
    else if (sum !== sums.get(file))
      problems.push({ where: file, message: `is not what was written: its checksum is not that of ${SUMS}` });
  };
  await check(INDEX);
  if (problems.length > 0) throw new KeelsonError(subject, problems);
  const index = parse(indexSchema, JSON.parse(indexText), subject);
  for (const { file } of index.parts) {
    if (!file.endsWith(SUFFIX) || file.split('/').includes('..'))
      problems.push({ where: file, message: `is no part of a backup: those end with ${SUFFIX}` });
    else await check(file);
  }
  if (problems.length > 0) throw new KeelsonError(subject, problems);
  for (const { file } of index.parts) await requireSealed(join(folder, file));
  return index;
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Deletes all but the newest backups of a cluster, and what killed runs left among them.
 *
 * @param made name of the one that has just been made, which stays
 * @returns the names of those that went
 */
export async function removeOldBackups(
  place: BackupPlace,
  made: string,
  cluster: string,
  keep: number,
): Promise<string[]> {
  const found = (await place.list(`${cluster}-`)).filter(({ name }) => isOf(cluster, name));
  const [oldest = made] = found
    .filter(({ whole }) => whole)
    .map(({ name }) => name)
    .sort()
    .slice(-keep);
  const old = found.map(({ name }) => name).filter((name) => name < oldest && name !== made);
  for (const name of old.sort()) await place.remove(name);
  return old;
}
