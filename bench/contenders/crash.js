// Kills the engine (SIGKILL) in the middle of an `up`, brings it up again, and counts what that lost.
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { lists } = require('./many-objects.js');
const dist = join(__dirname, '..', '..', 'dist');
const { ApiClient } = require(join(dist, 'embedded/kubernetes-provider/api-client.js'));
const { readKubeconfig } = require(join(dist, 'embedded/kubernetes-provider/kubeconfig.js'));

/**
 * @param run what `upStack` is given
 * @returns how many objects were there when the engine was killed, and how many of them the next `up` lost: made anew,
 * removed, or still unknown to the state, so that the one after it would make or change something
 */
exports.crash = async ({ cluster, namespace, run }) => {
  const { destroyStack, upStack } = require(join(dist, 'stacks/deploy.js'));
  const client = new ApiClient(readKubeconfig(cluster.kubeconfig, cluster.context));
  const uids = async () => {
    const signal = AbortSignal.timeout(60_000);
    const found = await Promise.all(lists(namespace).map((path) => client.find(path, signal)));
    return found.flatMap((list) => list?.items ?? []).map(({ metadata }) => metadata.uid);
  };
  const objects = run.synthesis.stacks[0].manifests[0].objects.length - 1;
  let ended = false;
  const first = upStack(run).finally(() => {
    ended = true;
  });
  first.catch(() => {});
  while (!ended && (await uids()).length < objects / 2) await sleep(20);
  if (!ended) process.kill(engine(), 'SIGKILL');
  const killed = await first.then(
    () => undefined,
    (error) => error,
  );
  if (!/SIGKILL/.test(`${killed}`)) throw new Error(`the engine was to be killed half-way: ${killed}`);
  const made = await uids();
  await upStack(run);
  const after = new Set(await uids());
  const { changes } = await upStack(run);
  await destroyStack(run);
  client.close();
  return { made: made.length, lost: made.filter((uid) => !after.has(uid)).length + changes.length };
};

/** The engine's process, a child of this one. */
function engine() {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  const [, pid] =
    lines
      .map((line) => /^ *(\d+) +(\d+) \S*pulumi\S* up /.exec(line))
      .find((found) => found && Number(found[2]) === process.pid) ?? [];
  if (pid === undefined) throw new Error('the engine is not among the processes');
  return Number(pid);
}
