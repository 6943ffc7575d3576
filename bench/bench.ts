import { parseArgs } from 'node:util';
import { contenders } from './contenders.js';
import { compareImports } from './imports.js';
import { machine } from './machine.js';
import { page } from './page.js';
import { compareSynthesis } from './synthesis.js';
import { verdicts } from './verdicts.js';

const HELP = `make bench ARGS="[--json] [--check] [--rounds N] [--counts N,N,…]"
  --json    figures for a script, nothing else on standard output
  --check   end with 1 where a target is missed
  --rounds  runs of each contender at each count (default 5)
  --counts  numbers of services (default 10,100,1000)`;

function main(): void {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      counts: { type: 'string', default: '10,100,1000' },
    },
  });
  const rounds = Number(values.rounds);
  const counts = values.counts.split(',').map(Number);
  if (values.help || ![rounds, ...counts].every((number) => Number.isInteger(number) && number > 0)) {
    console.error(HELP);
    process.exitCode = values.help ? 0 : 1;
    return;
  }
  const imports = compareImports(2 * rounds);
  const results = compareSynthesis(contenders(), counts, rounds, (line) => console.error(`  ${line} …`));
  const judged = verdicts(results, imports);
  if (values.json)
    console.log(JSON.stringify({ machine: machine(), rounds, results, imports, verdicts: judged }, null, 2));
  else
    for (const line of page({ machine: machine(), rounds, counts, results, imports, verdicts: judged }))
      console.log(line);
  if (values.check && judged.some(({ reached }) => !reached)) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
