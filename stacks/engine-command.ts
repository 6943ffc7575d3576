import { execFile } from 'node:child_process';
import type { DeployOptions } from './deploy-options.js';
import { engineEnvironment } from './workspace.js';

/** Bytes; the state of a thousand objects has a few million. */
const MOST_OUTPUT = 256 * 1024 * 1024;

/**
 * Runs the engine beside the Automation API, for what that cannot do or would do with secrets on the command line.
 *
 * @param input written to its standard input; a function is asked for it while the engine starts
 * @returns its standard output
 */
export function runEngine(
  args: readonly string[],
  options: DeployOptions,
  input: string | (() => Promise<string>) = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      options.engine.command,
      [...args, '--stack', options.stack, '--non-interactive'],
      {
        cwd: options.workDir,
        env: { ...process.env, ...engineEnvironment(options) },
        maxBuffer: MOST_OUTPUT,
      },
      (error, stdout, stderr) => (error ? reject(new Error(stderr || error.message)) : resolve(stdout)),
    );
    // What ends before it read everything says itself why.
    child.stdin?.on('error', () => {});
    if (typeof input === 'string') child.stdin?.end(input);
    else
      input().then(
        (text) => child.stdin?.end(text),
        (error) => {
          reject(error);
          child.stdin?.end();
        },
      );
  });
}
