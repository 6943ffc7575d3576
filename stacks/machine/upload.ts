import { createHash } from 'node:crypto';
import { machineFiles } from '../../lib/machine/machine-files.js';
import { type NodeSettings, nodeJson } from '../../lib/machine/node.js';
import { type FileTree, tarball } from '../../lib/machine/tarball.js';
import { ROOT, TREE_MARK } from './machine-state.js';
import type { Ssh } from './ssh.js';

/** A machine's whole configuration. */
export interface ConfigurationTree {
  readonly archive: Uint8Array;
  /** sha256 of the archive: the same for the same files. */
  readonly hash: string;
  readonly count: number;
}

/** @param files of `nixos/`. @default the package's */
export function configurationTree(node: NodeSettings, files: FileTree = machineFiles()): ConfigurationTree {
  const all = { ...files, 'node.json': nodeJson(node) };
  const archive = tarball(all);
  return {
    archive,
    hash: createHash('sha256').update(archive).digest('hex'),
    count: Object.keys(all).length,
  };
}

const TREES = `${ROOT}
trees=$root/var/lib/keelson/trees`;

/**
 * Puts a tree into a folder of its own, whole or not at all.
 *
 * @returns the folder, and whether anything was sent
 */
export async function upload(
  ssh: Ssh,
  { archive, hash }: ConfigurationTree,
): Promise<{ readonly folder: string; readonly sent: boolean }> {
  const what = 'upload';
  const look = `${TREES}\necho "$trees/${hash}"; ! [ -e "$trees/${hash}/${TREE_MARK}" ] || echo there`;
  const { stdout } = await ssh.run(look, { what });
  const [folder = '', there] = stdout.trim().split('\n');
  if (there === 'there') return { folder, sent: false };
  await ssh.run(receive(hash), { what, input: archive });
  return { folder, sent: true };
}

/** The folder takes its name last. */
const receive = (hash: string): string => `set -eu
${TREES}
umask 077
mkdir -p "$trees"
new=$(mktemp -d "$trees/.new-XXXXXX")
trap 'rm -rf "$new"' EXIT
cat >"$new/tree.tar"
echo "${hash}  $new/tree.tar" | sha256sum --check --status || { echo 'the archive came incomplete' >&2; exit 1; }
mkdir "$new/tree"
tar -xof "$new/tree.tar" -C "$new/tree"
echo ${hash} >"$new/tree/${TREE_MARK}"
rm -rf "$trees/${hash}"
mv -T "$new/tree" "$trees/${hash}"
`;

/** Removes the trees of earlier uploads. */
export async function removeOldTrees(ssh: Ssh, { hash }: ConfigurationTree): Promise<void> {
  const others = `find "$trees" -mindepth 1 -maxdepth 1 ! -name ${hash} ! -name '.new-*' -exec rm -rf {} +`;
  await ssh.run(`${TREES}\n[ ! -e "$trees" ] || ${others}`, { what: 'remove earlier uploads' });
}
