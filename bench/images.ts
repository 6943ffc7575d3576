import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Layout } from '../cli/images/layout.js';
import { pushImage } from '../cli/images/push.js';
import { Registries } from '../cli/images/registry/registry.js';
import { ImageRegistry } from '../test/support/image-registry.js';
import { LayoutWriter } from '../test/support/oci-layout.js';
import { registryMissing } from '../test/support/registry-process.js';
import { machine } from './machine.js';
import { measure, summarize } from './measure.js';
import { decimal, table } from './table.js';

const SERVICES = 100;
const ROUNDS = Number(process.argv[2] ?? 3);

/** `keelson images check` of a hundred services beside a loop of `skopeo inspect`, whole processes in turn. */
async function main(): Promise<void> {
  const missing = registryMissing() ?? (spawnSync('skopeo', ['--version']).error ? 'skopeo' : undefined);
  if (missing) {
    console.log(`skipped images check: there is no ${missing}`);
    return;
  }
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-bench-images-'));
  const registry = await ImageRegistry.start();
  try {
    const references = await prepare(folder, registry.host);
    writeFileSync(join(folder, 'references'), `${references.join('\n')}\n`);
    const keelson = `cd '${folder}' && exec '${process.execPath}' '${join(__dirname, '../bin/keelson.js')}' images check`;
    const skopeo = `while read -r image; do skopeo inspect --raw --tls-verify=false "docker://$image" || exit 1; done < '${folder}/references'`;
    const runs = new Map<string, ReturnType<typeof measure>[]>();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, script] of [
        ['keelson images check', keelson],
        ['skopeo inspect, a loop', skopeo],
      ] as const)
        runs.set(name, [...(runs.get(name) ?? []), measure({ program: 'sh', args: ['-c', script] })]);
    const { node, processors, load } = machine();
    console.log(`Node ${node}, ${processors} processors, load ${decimal(load, 1)}; ${ROUNDS} rounds`);
    console.log(`${SERVICES} images in a registry on loopback, in seconds\n`);
    const rows = [...runs].map(([name, measured]) => {
      const { minimum, median, cpu } = summarize(measured);
      return [
        name,
        ...[minimum, median, cpu].map((time) => decimal(time === undefined ? time : time / 1000)),
      ];
    });
    for (const line of table([['', 'minimum', 'median', 'CPU'], ...rows])) console.log(line);
  } finally {
    registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fills the registry, and a folder with an application that runs all of it. @returns the references */
async function prepare(folder: string, host: string): Promise<string[]> {
  const registries = new Registries();
  const lock: Record<string, object> = {};
  const references: string[] = [];
  for (let index = 0; index < SERVICES; index += 1) {
    const layout = new LayoutWriter(join(folder, `layout-${index}`));
    layout.image();
    const repository = `${host}/bench/service-${index}`;
    const { digest } = await pushImage(registries, new Layout(layout.folder), repository, '1.0.0');
    lock[`service-${index}`] = { staging: { repository, tag: '1.0.0', digest } };
    references.push(`${repository}@${digest}`);
  }
  writeFileSync(join(folder, 'package.json'), '{ "keelson": { "application": "app.ts" } }');
  writeFileSync(join(folder, 'images.lock.json'), JSON.stringify(lock));
  writeFileSync(
    join(folder, 'app.ts'),
    `import { defineApplication } from 'keelson';
import images from './images.lock.json';
export default defineApplication({
  name: 'bench', domain: 'bench.example.com', contact: 'ops@example.com', images,
  clusters: { main: {} }, environments: { staging: { cluster: 'main' } }, services() {},
});
`,
  );
  return references;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
