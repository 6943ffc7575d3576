/**
 * Completes package-lock.json with the platform packages that its registry did not serve when it was written.
 *
 * `npm ci` refuses a lock file that leaves out any of them, whatever the platform. What is added has no
 * `integrity`: the next `npm install` where such a package is served records it.
 */
const { readFileSync, writeFileSync } = require('node:fs');

const FILE = 'package-lock.json';
const NAME =
  /-(?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64)(?:-(?<abi>[a-z]+))?$/;

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    const platform = NAME.exec(name)?.groups;
    if (!platform || path in lock.packages || `${parent}/${path}` in lock.packages) continue;
    lock.packages[path] = {
      version,
      cpu: [platform.cpu],
      ...(dev && { dev }),
      ...(platform.abi?.startsWith('musl') && { libc: ['musl'] }),
      ...(platform.abi?.startsWith('gnu') && { libc: ['glibc'] }),
      optional: true,
      os: [platform.os],
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
);
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `Added without integrity:\n  ${added.join('\n  ')}` : 'Nothing was missing.');
