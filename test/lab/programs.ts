import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries } from '../../embedded/binaries/binaries.js';
import { goModule } from '../../embedded/binaries/built-binaries.js';
import { ETCD, KUBERNETES } from '../../embedded/binaries/go-modules.js';
import type { Report } from '../../lib/progress.js';
import { unpackPackages } from './debian.js';
import { COREDNS, LOCAL_PATH, NODE } from './go-modules.js';

/** What the node runs from Debian, with the libraries that nftables needs. */
export const NODE_PACKAGES = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'nftables',
  'conntrack',
  'libnftables1',
  'libnftnl11',
  'libmnl0',
  'libjansson4',
  'libgmp10',
  'libedit2',
  'libbsd0',
  'libmd0',
  'libtinfo6',
  'libxtables12',
  'libseccomp2',
  'libnetfilter-conntrack3',
  'libnfnetlink0',
];

export interface Programs {
  /** Paths of what was built from Go modules, by name. */
  readonly built: Readonly<Record<string, string>>;
  /** Root of the node's Debian packages. */
  readonly debian: string;
}

/** Everything that the lab runs on the machine itself: from the cache, else built and fetched (minutes, once). */
export async function findPrograms(report: Report): Promise<Programs> {
  const [{ paths }, nodePaths, debian] = await Promise.all([
    findBinaries({ report }, undefined, [KUBERNETES, ETCD]),
    findBinaries({ report }, [goModule()], [NODE, COREDNS, LOCAL_PATH]),
    unpackPackages(NODE_PACKAGES, report),
  ]);
  return { built: { ...paths, ...nodePaths.paths }, debian };
}

/**
 * Writes commands that run Debian's programs with Debian's libraries beside them, whatever this machine has.
 * @returns the folder, for PATH
 */
export function writeCommands(folder: string, { built, debian }: Programs): string {
  mkdirSync(folder, { recursive: true });
  const command = (name: string, lines: readonly string[]) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`);
    chmodSync(path, 0o755);
  };
  const libraries = `LD_LIBRARY_PATH=${debian}/usr/lib/$(uname -m)-linux-gnu`;
  const programs = {
    bin: ['containerd', 'containerd-shim-runc-v2', 'ctr'],
    sbin: ['runc', 'nft', 'conntrack'],
  };
  for (const [place, names] of Object.entries(programs))
    for (const name of names) command(name, [`${libraries} exec ${debian}/usr/${place}/${name} "$@"`]);
  for (const [name, path] of Object.entries(built)) command(name, [`exec ${path} "$@"`]);
  return folder;
}
