/**
 * Says whether a tag may be published: it is package.json's version, and the changelog has its dated section, with the
 * effects on a cluster. Usage: node tools/release-check.js v1.2.3
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** What stands in the way of publishing, each with its mend. */
function releaseProblems({ tag, version, changelog }) {
  const problems = [];
  if (tag !== `v${version}`)
    problems.push(
      `The tag is ${tag}, package.json says ${version}: tag the commit v${version}, or change the version.`,
    );
  const heading = `## [${version}] - `;
  const section = changelog.split(/^(?=## )/m).find((text) => text.startsWith(heading));
  if (!section) return [...problems, `CHANGELOG.md has no section "${heading}<date>": write it.`];
  if (!/^\d{4}-\d\d-\d\d\s/.test(section.slice(heading.length)))
    problems.push(`CHANGELOG.md gives ${version} no date: write "${heading}YYYY-MM-DD".`);
  if (!/^### Effects on a cluster\n+\S/m.test(section))
    problems.push(
      `CHANGELOG.md does not say under "### Effects on a cluster" what ${version} does to a cluster: write it, or "None".`,
    );
  return problems;
}

module.exports = { releaseProblems };

if (require.main === module) {
  const read = (file) => readFileSync(join(__dirname, '..', file), 'utf8');
  const { version } = JSON.parse(read('package.json'));
  const problems = releaseProblems({ tag: process.argv[2], version, changelog: read('CHANGELOG.md') });
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    process.exitCode = 1;
  }
}
