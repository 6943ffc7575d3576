/** Puts beside the compiled files what they read and the compiler leaves behind. */
const { cpSync, statSync } = require('node:fs');

const isAsset = (path) => statSync(path).isDirectory() || !path.endsWith('.ts');

cpSync('lib', 'dist/lib', { recursive: true, filter: isAsset });
