import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who has a personal environment of lunch. */
export const PERSON = 'ada';

/** Writes the person into the application, as the team does in git: the cluster's stack makes the namespace. */
export function addPerson(root: string): void {
  const file = join(root, 'app.ts');
  const text = readFileSync(file, 'utf8');
  const changed = text.replace('  personal: {', `  people: ['${PERSON}'],\n  personal: {`);
  if (changed === text) throw new Error(`${file} has no personal environments`);
  writeFileSync(file, changed);
}
