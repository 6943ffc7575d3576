import * as v from 'valibot';
import { parse } from '../config/parse.js';
import type { Problem } from '../config/problem.js';
import type { FileTree } from './tarball.js';

const text = v.pipe(v.string(), v.nonEmpty());

const unresolvedSchema = v.array(
  v.object({
    name: text,
    /** What it pins, and what happens without it. */
    meaning: text,
    /** It is resolved by this file in `nixos/`, … */
    file: v.optional(text),
    /** … or by this setting. */
    setting: v.optional(v.picklist(['installerSha256'])),
    /** Resolves it; `{folder}` is `nixos/`. */
    command: text,
  }),
);

export type Unresolved = v.InferOutput<typeof unresolvedSchema>[number];

/** The contents of `nixos/unresolved.json`: what could not be computed where Keelson was made. */
export const parseUnresolved = (json: string): readonly Unresolved[] =>
  parse(unresolvedSchema, JSON.parse(json), 'unresolved.json');

export interface Resolutions {
  readonly files: FileTree;
  readonly installerSha256?: string | undefined;
}

/**
 * What is still unresolved, each with the command that resolves it. Machines for production are refused with it.
 *
 * @param folder of `nixos/`, for the commands
 */
export function unresolvedProblems(
  list: readonly Unresolved[],
  { files, installerSha256 }: Resolutions,
  folder: string,
): Problem[] {
  const isResolved = ({ file, setting }: Unresolved): boolean =>
    (file !== undefined && isLock(files[file])) ||
    (setting !== undefined && /^[0-9a-f]{64}$/.test(installerSha256 ?? ''));
  return list
    .filter((one) => !isResolved(one))
    .map(({ name, meaning, command }) => ({
      where: name,
      message: `is not resolved: ${meaning}; run: ${command.replaceAll('{folder}', folder)}`,
    }));
}

/** A lock file that Nix wrote, not an empty one that somebody touched. */
function isLock(content: string | undefined): boolean {
  try {
    const { nodes } = JSON.parse(content ?? '') as {
      nodes?: { nixpkgs?: { locked?: { narHash?: unknown } } };
    };
    return typeof nodes?.nixpkgs?.locked?.narHash === 'string';
  } catch {
    return false;
  }
}
