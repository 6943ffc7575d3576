import { type ChildProcess, spawn } from 'node:child_process';
import { open, stat } from 'node:fs/promises';
import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { KeelsonError } from '../../lib/config/problem.js';

/** How every file of age begins. */
const HEADER = 'age-encryption.org/v1\n';

/**
 * Writes a file that only its recipients can open: compressed, then encrypted by the system's `age`. What `write` gives
 * is on no disk in clear.
 *
 * @returns how many bytes were given
 * @throws KeelsonError where age fails; else what `write` throws
 */
export async function seal(
  file: string,
  recipients: readonly string[],
  write: (into: Writable) => Promise<unknown>,
): Promise<number> {
  const { child, ended } = age([
    '--encrypt',
    ...recipients.flatMap((recipient) => ['--recipient', recipient]),
    ...['--output', file],
  ]);
  let bytes = 0;
  const into = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  // Where age has ended nothing can be written; its own words say why.
  const written = pipeline(into, createGzip(), child.stdin).catch((error: unknown) => error);
  try {
    await write(into);
    into.end();
    const failure = await written;
    if (failure !== undefined) throw failure;
  } catch (error) {
    into.destroy();
    child.kill();
    throw (await ended) ?? error;
  }
  const failure = await ended;
  if (failure) throw failure;
  return bytes;
}

/**
 * Opens what {@link seal} wrote.
 *
 * @param identity file with a private key of a recipient, of age or SSH
 * @param read takes all of it; what it returns is to be trusted when this returns
 * @throws KeelsonError for a file that is not encrypted, or not for this key; else what `read` throws
 */
export async function unseal<T>(
  file: string,
  identity: string,
  read: (from: Readable) => Promise<T>,
): Promise<T> {
  await requireSealed(file);
  await stat(identity).catch(() => {
    throw problem('--identity', `there is no file "${identity}"; it holds the private key of a recipient`);
  });
  const { child, ended } = age(['--decrypt', '--identity', identity, file]);
  child.stdin.end();
  const plain = createGunzip();
  const flown = pipeline(child.stdout, plain).catch((error: unknown) => error);
  try {
    const result = await read(plain);
    const failure = (await ended) ?? (await flown);
    if (failure !== undefined) throw failure;
    return result;
  } catch (error) {
    plain.destroy();
    child.kill();
    throw (await ended) ?? error;
  }
}

/** @throws KeelsonError for a file that anybody could read, or have written. */
export async function requireSealed(file: string): Promise<void> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0);
    if (buffer.toString('latin1') === HEADER) return;
  } finally {
    await handle.close();
  }
  throw problem(file, 'is not encrypted with age, so Keelson did not write it; nothing of it is used');
}

interface Age {
  readonly child: ChildProcess & Record<'stdin', Writable> & Record<'stdout', Readable>;
  /** Why it failed; undefined where it did not, or was ended from here. */
  readonly ended: Promise<KeelsonError | undefined>;
}

function age(args: readonly string[]): Age {
  const child = spawn('age', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<KeelsonError | undefined>((resolve) => {
    child
      .once('error', (error: NodeJS.ErrnoException) =>
        resolve(problem('age', error.code === 'ENOENT' ? MISSING : error.message)),
      )
      .once('close', (status) => resolve(status === 0 || status === null ? undefined : explained(stderr)));
  });
  return { child, ended };
}

const MISSING =
  'is not installed; it encrypts backups: apt-get install age, brew install age, or the shell of nixos/ (nix develop)';

function explained(stderr: string): KeelsonError {
  const said = stderr
    .split('\n')
    .filter((line) => line.startsWith('age: error: '))
    .map((line) => line.replace('age: error: ', ''))
    .join('; ');
  return /no identity matched/.test(said)
    ? problem('--identity', 'this key opens none of it: the backup was made for other recipients')
    : problem('age', said || stderr.trim());
}

const problem = (where: string, message: string): KeelsonError =>
  new KeelsonError('The backup', [{ where, message }]);
