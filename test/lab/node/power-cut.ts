import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LAB, type LabFolders } from './folders.js';

/**
 * What a machine goes through that loses its power: every process ends at once, and of mounts, interfaces, rules and
 * what was in memory nothing is left. The disk stays.
 */
export async function cutPower(folders: LabFolders): Promise<void> {
  for (let others = otherProcesses(); others.length > 0; others = otherProcesses()) {
    for (const pid of others) kill(pid);
    await sleep(50);
  }
  for (const place of mountsBelow('/run', folders.kubelet, folders.containerd))
    execFileSync('umount', ['-l', place]);
  for (const name of readdirSync('/run')) rmSync(join('/run', name), { recursive: true, force: true });
  execFileSync('nft', ['flush', 'ruleset']);
  // Of pods, for which the kubelet would look for minutes.
  const groups = ['-depth', '-type', 'd', '-path', `*/${LAB}/kubepods*`];
  execFileSync('find', ['/sys/fs/cgroup', ...groups, '-delete']);
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ended: boolean;
}

/** Those of the lab's namespace that neither are this one nor wait for it. */
function otherProcesses(): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? []);
  const own = new Set<number>();
  for (let pid = process.pid; pid > 0; pid = all.find((one) => one.pid === pid)?.parent ?? 0) own.add(pid);
  return all.filter(({ pid, ended }) => !ended && !own.has(pid)).map(({ pid }) => pid);
}

function processOf(pid: number): Process | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { pid, parent: Number(parent), ended: state === 'Z' || state === 'X' };
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

/** Innermost first. */
function mountsBelow(...folders: readonly string[]): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((place) => folders.some((folder) => place.startsWith(`${folder}/`)))
    .reverse();
}
