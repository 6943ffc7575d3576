import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../support/repository.js';

const setpriv = spawnSync('setpriv', ['--version']).status === 0 && process.getuid?.() === 0;
if (!setpriv)
  console.warn('skipped: an attempt without root needs root and setpriv (util-linux) to give it up');

(setpriv ? test : test.skip)('without root the lab says so and ends well', () => {
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const { status, stdout } = spawnSync('setpriv', [...nobody, 'test/lab/run'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stdout).toBe('No lab on this machine: it needs root (sudo make lab).\n');
  expect(status).toBe(0);
});

const folder = mkdtempSync(join(tmpdir(), 'keelson-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Stands for Node: whatever it is to run, it says where the lab is, and only what runs inside of it goes on. */
writeFileSync(
  join(folder, 'node'),
  `#!/bin/sh
case "$*" in
  *prepare*) exit 0 ;;
  *) echo "$LAB_STATE" >"${folder}/state" && sleep 600 & wait ;;
esac
`,
);
chmodSync(join(folder, 'node'), 0o755);
const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };

const enter = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Why this machine has no lab, as `test/lab/run` says it where it does not begin one. */
function reason(): string | undefined {
  const missing = ['unshare', 'flock', 'ip', 'dpkg-deb', 'apt-get', 'go', 'pgrep'].filter(
    (program) => spawnSync('which', [program]).status !== 0,
  );
  if (missing.length > 0) return `${missing.join(', ')} is missing`;
  if (process.getuid?.() !== 0) return 'it needs root';
  const { status, stdout, stderr } = spawnSync('unshare', [...enter, 'test/lab/permitted'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return status === 0 ? undefined : stdout + stderr;
}

const noLab = reason();
if (noLab) console.warn(`skipped: no lab on this machine: ${noLab}`);

(noLab ? test.skip : test)('a kernel without nftables is told', () => {
  writeFileSync(join(folder, 'modprobe'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const script = 'mount --bind /dev/null /proc/kallsyms && exec test/lab/permitted';
  const { status, stdout } = spawnSync('unshare', [...enter, 'sh', '-c', script], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([1, 'its kernel has no nftables\n']);
});

const groups = (): string[] => {
  const hierarchies = readdirSync('/sys/fs/cgroup').map((name) => `${name}/keelson-lab`);
  return ['keelson-lab', ...hierarchies].filter((path) => existsSync(join('/sys/fs/cgroup', path)));
};

async function until(look: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !look(); await sleep(100))
    if (Date.now() > end) throw new Error(`It did not happen: ${look}`);
}

(noLab ? test.skip : test).each(['SIGKILL', 'SIGTERM'] as const)(
  'a lab whose script gets %s leaves nothing behind',
  async (signal) => {
    const file = join(folder, 'state');
    rmSync(file, { force: true });
    const lab = spawn('test/lab/run', { cwd: ROOT, env, stdio: 'ignore', detached: true });
    await until(() => existsSync(file));
    const state = spawnSync('cat', [file], { encoding: 'utf8' }).stdout.trim();
    expect(existsSync(state)).toBe(true);
    expect(groups()).not.toEqual([]);
    // From a terminal, a signal goes to the whole group; a kill goes to one.
    process.kill(signal === 'SIGKILL' ? (lab.pid as number) : -(lab.pid as number), signal);
    await until(() => !existsSync(state) && groups().length === 0);
    await until(() => spawnSync('pgrep', ['-f', state]).status === 1);
  },
);

(noLab ? test.skip : test)('a machine whose /var/tmp cannot hold an overlay is told', () => {
  // An overlay cannot be another one's upper part.
  const script = `mount -t tmpfs lab /media && mkdir /media/upper /media/work &&
    mount -t overlay lab /var/tmp -o lowerdir=/var/tmp,upperdir=/media/upper,workdir=/media/work &&
    exec test/lab/permitted`;
  const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--mount-proc'];
  const { status, stdout } = spawnSync('unshare', [...namespaces, 'sh', '-c', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([1, 'it has no overlayfs, or none whose files lie below /var/tmp\n']);
});

(noLab ? test.skip : test)(
  'a program that the end of the lab needs is asked for before its beginning',
  () => {
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    const others = [
      'bash',
      'env',
      'dirname',
      'uname',
      'id',
      'unshare',
      'setpriv',
      'flock',
      'ip',
      'mount',
      'tar',
    ];
    for (const name of [...others, 'dpkg-deb', 'apt-get', 'apt-cache', 'go'])
      symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(programs, name));
    const { status, stdout } = spawnSync('test/lab/run', {
      cwd: ROOT,
      env: { PATH: programs },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, 'No lab on this machine: pgrep is missing.\n']);
  },
);

(noLab ? test.skip : test)('a machine that lacks packages has said why, and the lab ends well', () => {
  const programs = mkdtempSync(join(folder, 'lacking-'));
  writeFileSync(join(programs, 'node'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const { status, stdout } = spawnSync('test/lab/run', {
    cwd: ROOT,
    env: { ...process.env, PATH: `${programs}:${process.env.PATH}` },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout).toContain('The lab is gone');
});
