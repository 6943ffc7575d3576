import { parseArgs } from 'node:util';
import { contenders } from './contenders.js';
import { deploymentVerdicts } from './deployment-verdicts.js';
import { compareDeployments } from './deployments.js';
import { deploymentsPage } from './deployments-page.js';
import { compareImports } from './imports.js';
import { machine } from './machine.js';
import { page } from './page.js';
import { compareSynthesis } from './synthesis.js';
import { verdicts } from './verdicts.js';

const HELP = `make bench ARGS="[deploy] [--json] [--check] [--rounds N] [--counts N,N,…]"
  deploy    preview, up, up again and destroy by the real engine (default: synthesis and import)
  --json    figures for a script, nothing else on standard output
  --check   end with 1 where a target is missed
  --rounds  runs of each contender at each count (default 5; deploy: 3)
  --counts  numbers of services (default 10,100,1000), or of objects to deploy (default 100,1000)`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      counts: { type: 'string' },
    },
  });
  const deploy = positionals[0] === 'deploy';
  const rounds = Number(values.rounds ?? (deploy ? 3 : 5));
  const counts = (values.counts ?? (deploy ? '100,1000' : '10,100,1000')).split(',').map(Number);
  const unknown = positionals.length > (deploy ? 1 : 0);
  if (
    values.help ||
    unknown ||
    ![rounds, ...counts].every((number) => Number.isInteger(number) && number > 0)
  ) {
    console.error(HELP);
    process.exitCode = values.help ? 0 : 1;
    return;
  }
  const report = (line: string) => console.error(`  ${line} …`);
  if (deploy) {
    const deployments = await compareDeployments(counts, rounds, report);
    const kept = deploymentVerdicts(deployments, counts);
    const figures = { machine: machine(), rounds, counts, deployments, verdicts: kept };
    if (values.json) console.log(JSON.stringify(figures, null, 2));
    else for (const line of deploymentsPage(figures)) console.log(line);
    if (values.check && kept.some(({ reached }) => !reached)) process.exitCode = 1;
    return;
  }
  const imports = compareImports(2 * rounds);
  const results = compareSynthesis(contenders(), counts, rounds, report);
  const judged = verdicts(results, imports);
  if (values.json)
    console.log(JSON.stringify({ machine: machine(), rounds, results, imports, verdicts: judged }, null, 2));
  else
    for (const line of page({ machine: machine(), rounds, counts, results, imports, verdicts: judged }))
      console.log(line);
  if (values.check && judged.some(({ reached }) => !reached)) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
