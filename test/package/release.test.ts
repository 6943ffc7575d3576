import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readPackage } from '../support/repository.js';

interface Release {
  readonly tag: string;
  readonly version: string;
  readonly changelog: string;
}

const { releaseProblems } = require('../../tools/release-check.js') as {
  releaseProblems(release: Release): readonly string[];
};

const good: Release = {
  tag: 'v1.2.0',
  version: '1.2.0',
  changelog: [
    '# Changelog',
    '',
    '## [1.2.0] - 2027-01-31',
    '',
    '### Effects on a cluster',
    '',
    'None.',
    '',
    '## [1.1.0] - 2026-12-01',
    '',
    '### Added',
    '',
  ].join('\n'),
};

test('a tagged, dated release that names its effects may go out', () => {
  expect(releaseProblems(good)).toEqual([]);
});

test.each([
  ['another tag', { tag: 'v1.2.1' }, 'The tag is v1.2.1, package.json says 1.2.0'],
  ['no section', { tag: 'v1.3.0', version: '1.3.0' }, 'CHANGELOG.md has no section "## [1.3.0] - <date>"'],
  ['no date', { changelog: good.changelog.replace('2027-01-31', 'Unreleased') }, 'gives 1.2.0 no date'],
  ['no effects', { tag: 'v1.1.0', version: '1.1.0' }, 'does not say under "### Effects on a cluster"'],
  ['empty effects', { changelog: good.changelog.replace('None.', '') }, 'what 1.2.0 does to a cluster'],
])('a release with %s may not', (_what, change, problem) => {
  const problems = releaseProblems({ ...good, ...change });
  expect(problems).toEqual([expect.stringContaining(problem)]);
});

test('this version lacks at most its date', () => {
  const { version } = readPackage(ROOT);
  const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').replace(
    / - Unreleased$/m,
    ' - 2000-01-01',
  );
  expect(releaseProblems({ tag: `v${version}`, version, changelog })).toEqual([]);
});
