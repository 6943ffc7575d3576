import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineProblem } from '../machine-problem.js';
import { codeOf } from '../message-of.js';

/** A process that outlives the one which started it. Numbers are given out again, so `born` tells it from a later one. */
export interface ProcessRecord {
  readonly pid: number;
  readonly born: string;
}

/** When the process with this number was born, in the platform's own terms; undefined where none runs. */
export function bornAt(pid: number): string | undefined {
  if (process.platform === 'linux') return bornAtOnLinux(pid);
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return text.startsWith('Z') ? undefined : text.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

function bornAtOnLinux(pid: number): string | undefined {
  try {
    // After the command in parentheses, which may hold anything: state is the third field, start time the 22nd.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    // In a container without an init process the killed stay as zombies.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

export function isRunning({ pid, born }: ProcessRecord): boolean {
  return bornAt(pid) === born;
}

/** Starts a program in a session of its own, so that it survives a closed terminal; what it writes goes to `log`. */
export async function startProcess(options: {
  binary: string;
  args: readonly string[];
  folder: string;
  log: string;
}): Promise<ProcessRecord> {
  const { binary, args, folder, log } = options;
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
  const output = await open(log, 'a', 0o600);
  try {
    // HOME and the rest of the caller's environment could bring along configuration and proxies.
    const env = { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder };
    const child = spawn(binary, args, {
      cwd: folder,
      detached: true,
      env,
      stdio: ['ignore', output.fd, output.fd],
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    const pid = child.pid ?? 0;
    return { pid, born: bornAt(pid) ?? 'gone' };
  } finally {
    await output.close();
  }
}

/** Sends a signal to those that still run. */
export function signalAll(records: readonly ProcessRecord[], signal: NodeJS.Signals): void {
  for (const record of records) if (isRunning(record)) send(record.pid, signal);
}

/** Kills a process that was started as the head of a group, with all that it started. */
export function killGroup(pid: number): void {
  send(-pid, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended in between.
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** Ends processes and waits until they are gone. @param grace milliseconds to end by themselves before they are killed */
export async function endProcesses(records: readonly ProcessRecord[], grace = 0): Promise<void> {
  if (grace > 0) {
    signalAll(records, 'SIGTERM');
    await gone(records, grace);
  }
  signalAll(records, 'SIGKILL');
  if (await gone(records, 10_000)) return;
  const left = records.filter(isRunning).map(({ pid }) => pid);
  throw machineProblem(
    `Processes ${left.join(', ')} did not end within 10 s of being killed. End them by hand.`,
  );
}

async function gone(records: readonly ProcessRecord[], within: number): Promise<boolean> {
  for (const end = Date.now() + within; Date.now() < end; await sleep(20)) {
    if (!records.some(isRunning)) return true;
  }
  return !records.some(isRunning);
}
