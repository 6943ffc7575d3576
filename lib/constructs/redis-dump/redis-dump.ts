import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dumpAnnotation } from '../../kube/data-dump.js';

const script = (name: string): readonly string[] => [
  'sh',
  '-c',
  readFileSync(join(__dirname, `${name}.sh`), 'utf8'),
];

/** How the keys of a pod's Redis get into a backup and back: the scripts beside this file. */
export const redisDumpAnnotation = (): Record<string, string> =>
  dumpAnnotation({ dump: script('dump'), restore: script('restore') });
