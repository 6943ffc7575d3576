import { stripVTControlCharacters } from 'node:util';
import { type Finding, isFault } from '../../cli/doctor/finding.js';
import { doctorLines } from '../../cli/doctor/lines.js';
import { isAtLeast } from '../../cli/doctor/program-version.js';
import { nodeFinding, programFinding } from '../../cli/doctor/programs.js';

const git = { command: 'git', args: [], least: '2.19', mend: 'apt install git' };
const docker = { command: 'docker', args: [], neededFor: 'building images here', mend: 'install it' };

test('versions are compared number by number', () => {
  expect(isAtLeast('20.20.2', '20')).toBe(true);
  expect(isAtLeast('2.9', '2.19')).toBe(false);
  expect(isAtLeast('2.19.0', '2.19')).toBe(true);
  expect(isAtLeast('1.26.8', '1.26.9')).toBe(false);
});

test.each<[Finding, boolean, string]>([
  [nodeFinding('24.1.0'), false, 'ok'],
  [nodeFinding('18.19.0'), true, 'outdated'],
  [programFinding(git, { kind: 'version', version: '2.39.5' }), false, 'ok'],
  [programFinding(git, { kind: 'version', version: '2.1' }), true, 'outdated'],
  [programFinding(git, { kind: 'absent' }), true, 'missing'],
  [programFinding(git, { kind: 'failed', message: 'no such library' }), true, 'broken'],
  [programFinding(docker, { kind: 'absent' }), false, 'missing'],
])('%o', (finding, fault, state) => {
  expect(finding.state).toBe(state);
  expect(isFault(finding)).toBe(fault);
});

const findings: readonly Finding[] = [
  nodeFinding('24.1.0'),
  programFinding(git, { kind: 'absent' }),
  programFinding(docker, {
    kind: 'failed',
    message: 'cannot connect to the daemon of this machine, whatever it may be',
  }),
];

test('what is well in a line, the rest with what it is for and the command that mends it', () => {
  expect(doctorLines(findings, { width: 100, colour: false }).join('\n')).toBe(`+ node: 24.1.0
x git missing: not on PATH
    mend: apt install git
- docker broken: cannot connect to the daemon of this machine, whatever it may be
    only for building images here
    mend: install it

1 thing to mend: the lines with x.`);
});

test.each([30, 40, 60])('%i columns are enough', (width) => {
  for (const line of doctorLines(findings, { width, colour: false }))
    expect(line.length).toBeLessThanOrEqual(width);
});

test('colour repeats what the text says', () => {
  const plain = doctorLines(findings, { width: 80, colour: false });
  const coloured = doctorLines(findings, { width: 80, colour: true });
  expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(plain);
  expect(coloured).not.toEqual(plain);
});
