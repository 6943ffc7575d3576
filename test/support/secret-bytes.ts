import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The ways in which a value may be written down: as it is, in JSON, a URL, hexadecimal, base64 at any offset. */
export function formsOf(value: string): Buffer[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // The characters at either end also hold bits of their neighbours.
    return text.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  const texts = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('hex'),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(texts)].map((text) => Buffer.from(text));
}

/** Whether any form of a value stands in the bytes. */
export function holds(bytes: Buffer | string, value: string): boolean {
  const searched = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return formsOf(value).some((form) => searched.includes(form));
}

/** Files below a folder that hold one of the values, but for those of folders of the name `except`. */
export const filesWith = (folder: string, values: readonly string[], except?: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === except ? [] : filesWith(path, values, except);
    if (!entry.isFile()) return [];
    const bytes = readFileSync(path);
    return values.some((value) => holds(bytes, value)) ? [path] : [];
  });
