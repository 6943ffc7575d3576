import { pages } from './support/markdown.js';
import { run } from './support/packed.js';
import { ROOT } from './support/repository.js';

const OLD = [
  ...['setup', 'namespace', 'deploy', 'undeploy', 'build', 'backup', 'restore', 'secrets'],
  ...['build-all', 'publish-all', 'release-all', 'install-all', 'lint-all'],
  ...['set-digests', 'check-digests', 'set-versions', 'check-versions', 'create', 'apply', 'delete'],
];

const page = pages().find(({ path }) => path === 'docs/reference/verbs.md')?.text ?? '';
const rows = [...page.matchAll(/^\| (.+?) \| (.+?) \| .*\|$/gm)]
  .slice(1)
  .map(([, old = '', now = '']) => ({ old, now }));
const codeIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
const help = (...verb: string[]) => run(process.execPath, ['bin/keelson.js', ...verb, '--help'], ROOT);

test('every old verb has its one way', () => {
  const named = rows.flatMap(({ old }) => codeIn(old).map((code) => code.split(' ')[0]));
  expect(OLD.filter((verb) => !named.includes(verb))).toEqual([]);
});

test('what it names is a verb of the command line', () => {
  const verbs = [...help().matchAll(/^ {2}([a-z]+)\b/gm)].map(([, verb = '']) => verb);
  const told = rows.flatMap(({ now }) => codeIn(now)).filter((code) => !code.startsWith('npm '));
  const there = told.filter((code) => verbs.includes(code.split(' ')[0] ?? ''));
  expect(there.length).toBeGreaterThan(8);
  expect(told.filter((code) => !there.includes(code))).toEqual([]);
});
