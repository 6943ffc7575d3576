import { CAST, Rehearsal } from './rehearsal.js';

/*
 * `make rehearse`: the whole way from nothing and back, for people to watch. test/engine/rehearse.test.ts looks at what
 * each step did.
 */
const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  say(CAST.join('\n'));
  const stage = await Rehearsal.open('rehearsal', say);
  const step = async (title: string, run: () => ReturnType<Rehearsal['keelson']>): Promise<void> => {
    say(`\n== ${title}`);
    const { status } = await run();
    if (status !== 0) throw new Error(`${title}: ended with ${status}`);
  };
  const up = () => stage.keelson('up', '--env', 'staging', '--yes');
  try {
    await step('Look: nothing is there yet', () => stage.keelson('preview', '--env', 'staging'));
    await step('Make machines, cluster and environment', up);
    stage.edit({ keys: { ...stage.edits.keys, ben: stage.key('ben') }, tag: '1.0.1' });
    await step('An ordinary edit: a colleague’s key and a new image', up);
    stage.edit({ agents: {} });
    await step('Give an agent up', up);
    for (const stack of ['main-machines', 'main-cluster'])
      await step(`Take the protection of ${stack} off`, () =>
        stage.pulumi('config', 'set', '--stack', stack, 'keelson:protectData', 'false'),
      );
    await step('Apply that', up);
    await step('Destroy everything', () =>
      stage.keelson('destroy', '--env', 'staging', '--machines', '--yes', '--delete-data'),
    );
    say('\nThe whole way, and back. Nothing of it was a real droplet.');
  } finally {
    await stage.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
