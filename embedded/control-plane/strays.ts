import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { promisify } from 'node:util';
import { bornAt, type ProcessRecord } from './processes.js';

const PROGRAM = /^(\S*\/)?(etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kwok)\s/;

/**
 * Processes of a cluster in `directory` that no record names, as after `git clean` has removed the directory under a
 * running cluster: they are known by the files that their arguments name.
 */
export async function strays(directory: string): Promise<readonly ProcessRecord[]> {
  const lines = process.platform === 'linux' ? await fromProc() : await fromPs();
  return lines
    .filter(({ command }) => PROGRAM.test(command) && command.includes(`=${directory}${sep}`))
    .flatMap(({ pid }) => {
      const born = bornAt(pid);
      return born ? [{ pid, born }] : [];
    });
}

interface Line {
  readonly pid: number;
  readonly command: string;
}

async function fromProc(): Promise<readonly Line[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return await Promise.all(
    numbers.map(async (name) => {
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(name), command: command.replaceAll('\0', ' ') };
    }),
  );
}

async function fromPs(): Promise<readonly Line[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,command='], { maxBuffer: 16e6 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid && command ? [{ pid: Number(pid), command }] : [];
  });
}
