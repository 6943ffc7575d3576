/** Codes of a write that nobody reads any more: a pipe's, a terminal's. */
const UNHEARD = ['EPIPE', 'EIO'];

/**
 * Lets a run come to its end although nobody reads what it writes any more: `| head`, a terminal that was closed, a job
 * in CI that was cut off. Node would make an exception of it, of which Pulumi's SDK would write, which fails again.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      if (UNHEARD.includes(code)) return;
      // A full disk, most likely: what was asked for is not there.
      process.exitCode = 1;
      if (stream === process.stdout)
        process.stderr.write(`keelson: the output cannot be written: ${message}\n`);
    });
}
