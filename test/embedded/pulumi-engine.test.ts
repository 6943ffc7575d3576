import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PulumiCommand } from '@pulumi/pulumi/automation';
import { type EngineSource, findPulumiEngine, fromPath } from '../../embedded/pulumi-engine.js';
import { installPulumiRelease } from '../../embedded/pulumi-release.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const report = jest.fn();
const before = { ...process.env };

beforeEach(() => {
  report.mockReset();
  process.env.KEELSON_CACHE = join(folder(), 'cache');
});
afterEach(() => {
  process.env = { ...before };
});

function pulumiOnPath(version: string): void {
  writeFileSync(join(folder(), 'pulumi'), `#!/bin/sh\necho '${version}'\n`);
  chmodSync(join(folder(), 'pulumi'), 0o755);
  process.env.PATH = `${folder()}${delimiter}${before.PATH}`;
}

test('the first source that has an engine gives it', async () => {
  pulumiOnPath('v3.245.0');
  const engine = { command: await PulumiCommand.get(), origin: 'built', description: 'one' } as const;
  const last = jest.fn<ReturnType<EngineSource>, Parameters<EngineSource>>();
  const sources: EngineSource[] = [async () => 'not on PATH', async () => engine, last];
  expect(await findPulumiEngine({ report }, sources)).toBe(engine);
  expect(last).not.toHaveBeenCalled();
});

test('where there is none, one error lists every reason and how to mend it', async () => {
  const sources: EngineSource[] = [async () => 'not on PATH', async () => '', async () => 'network closed'];
  await expect(findPulumiEngine({ report }, sources)).rejects.toMatchObject({ name: 'KeelsonError' });
  await expect(findPulumiEngine({ report }, sources)).rejects.toThrow(
    /no Pulumi engine:\n {2}- not on PATH\n {2}- network closed\nMend any one of these: install Pulumi/,
  );
});

test('pulumi on PATH is used', async () => {
  pulumiOnPath('v3.251.0');
  expect(await fromPath({ report })).toMatchObject({
    origin: 'path',
    description: 'pulumi v3.251.0, found on PATH',
  });
});

test('one that is too old is passed over, and said to be', async () => {
  pulumiOnPath('v3.120.0');
  expect(await fromPath({ report })).toContain('it is v3.120.0, at least v3.200.0 is needed');
  expect(report).toHaveBeenCalledTimes(1);
});

test('one that does not run is passed over, and said to be', async () => {
  pulumiOnPath('who knows');
  expect(await fromPath({ report })).toContain('is passed over, as it does not run');
  expect(report).toHaveBeenCalledTimes(1);
});

test('where the publisher cannot be reached nothing is left of an installation', async () => {
  await expect(installPulumiRelease({ report }, 'http://127.0.0.1:9/install.sh')).rejects.toThrow(
    'could not be reached',
  );
  expect(existsSync(join(folder(), 'cache'))).toBe(false);
});
