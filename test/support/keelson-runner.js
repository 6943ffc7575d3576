/** Runs command lines of `keelson` one after the other in one process, each in its folder. */
const { readFileSync } = require('node:fs');
const { main } = require('../../dist/cli/main.js');

async function run({ args, folder }) {
  const written = { stdout: '', stderr: '' };
  const original = {};
  for (const stream of ['stdout', 'stderr']) {
    original[stream] = process[stream].write;
    process[stream].write = (text) => {
      written[stream] += text;
      return true;
    };
  }
  process.chdir(folder);
  process.exitCode = 0;
  try {
    await main([process.argv[0], 'keelson', ...args]);
    return { ...written, status: process.exitCode };
  } finally {
    process.exitCode = 0;
    for (const stream of ['stdout', 'stderr']) process[stream].write = original[stream];
  }
}

(async () => {
  const results = [];
  for (const command of JSON.parse(readFileSync(0, 'utf8'))) results.push(await run(command));
  process.stdout.write(JSON.stringify(results));
})();
