import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildArguments, findBuilder } from '../../cli/images/builder.js';
import { newestVersion } from '../../cli/images/latest.js';
import { planImages } from '../../cli/images/plan.js';
import { messageOf, smallApplication } from '../support/application.js';

const folder = mkdtempSync(join(tmpdir(), 'keelson-build-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'web'));
mkdirSync(join(folder, 'node'));
writeFileSync(join(folder, 'web/Dockerfile'), 'FROM scratch\n');
writeFileSync(join(folder, 'web/VERSION'), '1.4.2\n');
writeFileSync(join(folder, 'node/Dockerfile.production'), 'FROM scratch\n');
writeFileSync(join(folder, 'node/package.json'), '{ "version": "2.0.0-rc.1" }');

const repository = 'registry.example.com/shop/web';
const plan = (builds: object, services: readonly string[] = [], tag?: string) => {
  const { definition } = smallApplication({ builds: builds as never });
  return planImages({ definition, folder, root: folder }, services, tag);
};

test('the version of a service stands in VERSION, in its package.json, or where the build says', () => {
  const dockerfile = 'node/Dockerfile.production';
  const planned = plan({
    web: { repository, context: 'web' },
    node: { repository, context: 'node', dockerfile },
    both: { repository, context: '.', dockerfile, version: 'web/VERSION' },
  });
  expect(planned.map(({ service, tag, isMovable }) => [service, tag, isMovable])).toEqual([
    ['web', '1.4.2', false],
    ['node', '2.0.0-rc.1', false],
    ['both', '1.4.2', false],
  ]);
  expect(plan({ web: { repository, context: 'web' } }, [], 'ada')[0]).toMatchObject({
    tag: 'ada',
    isMovable: true,
  });
});

test.each(['1.4', 'v1.4.2', '', '1.4.2+linux', 'latest'])('the version %j is refused', (text) => {
  writeFileSync(join(folder, 'wrong'), text);
  const message = messageOf(() => plan({ web: { repository, context: 'web', version: 'wrong' } }));
  expect(message).toContain(`says ${JSON.stringify(text)}, which is no version; expected one such as 1.4.2`);
});

test('everything that is in the way is told at once', () => {
  const builds = {
    web: { repository, context: 'wbe' },
    node: { repository, context: 'node', version: 'node/package.json' },
    old: { repository, context: '.', dockerfile: 'web/Dockerfile' },
  };
  const message = messageOf(() => plan(builds, ['web', 'node', 'old', 'nod']));
  for (const words of [
    'there is no folder',
    'there is no',
    'nod: the application does not say how',
    'did you mean "node"?',
    'builds.old: says its version in no file',
  ])
    expect(message).toContain(words);
  expect(messageOf(() => plan({}))).toContain("add, for example, builds: { web: { repository: 'registry");
});

test('a build with an unknown key, no repository, or a wrong secret is refused with the application', () => {
  const message = messageOf(() =>
    plan({ web: { contxt: 'web', repository: 'Web', secrets: { npm: { envv: 'TOKEN' } } } }),
  );
  for (const words of [
    'did you mean "context"?',
    'builds.web.context: is missing',
    '"Web" is no repository',
    'did you mean "env"?',
  ])
    expect(message).toContain(words);
});

describe('what is run', () => {
  const [image] = plan({
    web: {
      repository,
      context: '.',
      dockerfile: 'web/Dockerfile',
      version: 'web/VERSION',
      target: 'run',
      platforms: ['linux/amd64', 'linux/arm64'],
      args: { MODE: 'production' },
      secrets: { npm: { env: 'NPM_TOKEN' }, key: { file: 'web/key' } },
    },
  });
  if (!image) throw new Error('nothing is planned');

  test('buildctl', () => {
    expect(buildArguments('buildctl', image, '/shop', '/out').join(' ')).toBe(
      'build --progress=plain --frontend dockerfile.v0 --local context=/shop --local dockerfile=/shop/web ' +
        '--opt filename=Dockerfile --opt target=run --opt platform=linux/amd64,linux/arm64 ' +
        '--opt build-arg:MODE=production --secret id=npm,env=NPM_TOKEN --secret id=key,src=/shop/web/key ' +
        '--output type=oci,dest=/out,tar=false',
    );
  });

  test('docker', () => {
    expect(buildArguments('docker', image, '/shop', '/out').join(' ')).toBe(
      'buildx build --progress=plain --provenance=false --file /shop/web/Dockerfile --target run ' +
        '--platform linux/amd64,linux/arm64 --build-arg MODE=production --secret id=npm,env=NPM_TOKEN ' +
        '--secret id=key,src=/shop/web/key --output type=oci,dest=/out,tar=false /shop',
    );
  });

  test('which of them', () => {
    const bin = (...programs: string[]) => {
      const path = mkdtempSync(join(folder, 'bin-'));
      for (const program of programs) writeFileSync(join(path, program), '', { mode: 0o755 });
      return path;
    };
    expect(findBuilder({ PATH: bin('docker', 'buildctl') })).toBe('docker');
    expect(findBuilder({ PATH: bin('docker', 'buildctl'), BUILDKIT_HOST: 'tcp://x:1' })).toBe('buildctl');
    expect(findBuilder({ PATH: bin('buildctl') })).toBe('buildctl');
    expect(messageOf(() => findBuilder({ PATH: bin() }))).toContain('has neither docker nor buildctl');
  });
});

test('the newest version: as versions compare, not as words', () => {
  const tags = ['1.9.0', '1.10.0', '1.11.0-rc.1', 'ada', 'latest', '2', 'sha256-abc.sig'];
  expect(newestVersion(tags, false)).toBe('1.10.0');
  expect(newestVersion(tags, true)).toBe('1.11.0-rc.1');
  expect(newestVersion(['v2.0.0', '1.0.0'], false)).toBe('v2.0.0');
  expect(newestVersion(['ada'], true)).toBeUndefined();
});
