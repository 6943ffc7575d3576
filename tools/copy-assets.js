/** Puts beside the compiled files what they read and the compiler leaves behind. */
const { cpSync, existsSync } = require('node:fs');

for (const folder of ['lib/generated'])
  if (existsSync(folder)) cpSync(folder, `dist/${folder}`, { recursive: true });
