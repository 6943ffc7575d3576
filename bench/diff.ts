import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from './machine.js';
import { type Measurement, measure, summarize } from './measure.js';
import { decimal, table } from './table.js';

const SERVICES = 100;
const ROUNDS = Number(process.argv[2] ?? 5);
const COMMAND = join(__dirname, '../bin/keelson.js');

/** `keelson diff` of an unchanged tree of a hundred services beside one synthesis of it, whole processes in turn. */
function main(): void {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-bench-diff-'));
  try {
    prepare(folder);
    const script = (command: string) =>
      `cd '${folder}' && exec '${process.execPath}' '${COMMAND}' ${command}`;
    const runs = new Map<string, Measurement[]>();
    // The first round warms the disk's cache, and does not count.
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const command of ['synth', 'diff HEAD', 'diff HEAD~']) {
        const measured = measure({ program: 'sh', args: ['-c', script(command)] });
        if (round > 0) runs.set(command, [...(runs.get(command) ?? []), measured]);
      }
    const { node, processors, load } = machine();
    console.log(`Node ${node}, ${processors} processors, load ${decimal(load, 1)}; ${ROUNDS} rounds`);
    console.log(`${SERVICES} services, in seconds; the ratio is that of the minima, to one synthesis\n`);
    const one = summarize(runs.get('synth') ?? []).minimum;
    const rows = [...runs].map(([command, measured]) => {
      const { minimum, median, cpu } = summarize(measured);
      const seconds = [minimum, median, cpu].map((time) => decimal(time === undefined ? time : time / 1000));
      return [`keelson ${command}`, ...seconds, decimal(minimum / one)];
    });
    for (const line of table([['', 'minimum', 'median', 'CPU', 'ratio'], ...rows])) console.log(line);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A repository of two commits with the same application: HEAD is the tree as it is, HEAD~ another tree. */
function prepare(folder: string): void {
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  const commit = (message: string) => {
    git('add', '--all');
    git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '--message', message);
  };
  git('init', '--quiet');
  write('.gitignore', 'dist/\n');
  write('package.json', '{ "keelson": { "application": "app.ts" } }');
  write(
    'app.ts',
    `import { defineApplication, Service } from 'keelson';
export default defineApplication({
  name: 'bench', domain: 'example.com', contact: 'ops@example.com',
  clusters: { main: {} },
  environments: { staging: { cluster: 'main', quota: { cpu: 10_000, memory: 10_000_000, pods: 10_000 } } },
  services(env) {
    for (let index = 0; index < ${SERVICES}; index += 1)
      new Service(env, \`service-\${index}\`, {
        image: \`example.com/service-\${index}:1.0.0\`,
        ports: { http: 8080 },
        host: \`service-\${index}\`,
      });
  },
});
`,
  );
  commit('the application');
  write('README.md', 'Words.\n');
  commit('words');
}

main();
