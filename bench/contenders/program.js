// node program.js COUNT: registers COUNT objects through keelson/stacks, without an engine behind the SDK, and writes
// the milliseconds of the processor that functions of Keelson took themselves, as Node's profiler samples them.
const { Session } = require('node:inspector/promises');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const pulumi = require('@pulumi/pulumi');
const { program } = require('keelson/stacks');
const { manyObjects } = require('./many-objects.js');

const stack = {
  kind: 'environment',
  name: 'bench',
  cluster: 'main',
  manifests: [{ name: 'bench', objects: manyObjects(Number(process.argv[2]), 'bench') }],
  secrets: [],
  urls: [],
};
const settings = { kind: 'environment', name: 'bench', kubeconfig: 'not-there-yet', protectData: false };

async function main() {
  await pulumi.runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs },
    'bench',
    'bench',
    true,
  );
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await pulumi.runtime.runInPulumiStack(async () => {
    program({ application: 'bench', stacks: [stack] }, settings);
  });
  await pulumi.runtime.disconnect();
  const { profile } = await session.post('Profiler.stop');
  console.log(ownTime(profile));
}

function ownTime({ nodes, samples, timeDeltas }) {
  const dist = pathToFileURL(join(__dirname, '..', '..', 'dist')).href;
  const own = new Set(nodes.filter(({ callFrame }) => callFrame.url.startsWith(dist)).map(({ id }) => id));
  const microseconds = samples.reduce((sum, id, index) => sum + (own.has(id) ? timeDeltas[index] : 0), 0);
  return microseconds / 1000;
}

main();
