import { KeelsonError, type Problem } from '../config/problem.js';
import { machine } from '../config/versions.js';
import { EVERYBODY } from './network.js';
import { type NodeSettings, nodeJson, parseNode } from './node.js';
import { type FileTree, tarball } from './tarball.js';

/** DigitalOcean takes 64 KiB; less leaves the web form usable. */
const LONGEST = 16 * 1024;
/** The first installation is from the channel: nixos-infect knows no flakes. */
const SECOND_DAY = /^(flake\.(nix|lock)|image\.nix|system\.nix)$/;
const FOLDER = '/var/lib/keelson';

export interface UserDataOptions {
  /**
   * Public key of the machine's own pair, made once and kept as long as the machine: the key by which the second day
   * begins. Never a teammate's, who may leave.
   */
  readonly bootstrapKey: string;
  /** The files of `nixos/`, as {@link machineFiles} reads them. */
  readonly files: FileTree;
  /** sha256 of the pinned installer of Nix. @default it is trusted for its version and its TLS connection */
  readonly installerSha256?: string;
}

/**
 * What the machine is until the second day: reachable with the bootstrap key, its k3s waiting for a token. Only what
 * can never change for a living machine is taken from its settings.
 *
 * SSH answers everybody who has that key, because the operators' addresses may change: the provider's firewall, which
 * is there before the machine, keeps the others out.
 */
export const firstState = (node: NodeSettings, bootstrapKey: string): NodeSettings =>
  parseNode({
    hostname: node.hostname,
    role: node.role,
    clusterInit: node.clusterInit,
    serverAddress: node.serverAddress,
    privateNetwork: node.privateNetwork,
    stateVersion: node.stateVersion,
    sshKeys: [bootstrapKey],
    operatorCidrs: EVERYBODY,
  });

/**
 * The cloud-config that turns Ubuntu into NixOS, without secrets: every pod on a machine without a guard, and everybody
 * with access to the account, can read user data.
 *
 * A droplet is *replaced* when its user data changes. Of the machine's settings these enter: `hostname`, `role`,
 * `clusterInit`, `serverAddress`, `privateNetwork`, `stateVersion`. Keys, addresses, registries, snapshots, volumes,
 * labels and versions do not. The package's own `nixos/` and pinned versions do, so an upgrade of Keelson changes the
 * document: a droplet ignores changes of it (`ignoreChanges: ['userData']`).
 *
 * @example
 * userData(node, { bootstrapKey: key.publicKeyOpenssh, files: machineFiles() });
 * @throws KeelsonError where it would be longer than 16 KiB, or the files are not those of `nixos/`.
 */
export function userData(node: NodeSettings, options: UserDataOptions): string {
  const { bootstrapKey, files, installerSha256 = '' } = options;
  const { nixosInfect, nixInstaller, nixosChannel } = machine;
  const problems: Problem[] = [];
  if ('configuration.nix' in files || 'node.json' in files || !('scripts/bootstrap.sh' in files))
    problems.push({ where: 'files', message: 'are not the files of nixos/; read them with machineFiles()' });
  if (!/^([0-9a-f]{64})?$/.test(installerSha256))
    problems.push({ where: 'installerSha256', message: `${JSON.stringify(installerSha256)} is no sha256` });
  if (problems.length > 0) throw new KeelsonError('User data', problems);
  // Loaded where it is used: most applications make no machine.
  const { gzipSync }: typeof import('fflate') = require('fflate');
  const archive = tarball({
    ...firstFiles(files),
    'node.json': nodeJson(firstState(node, bootstrapKey)),
  });
  const settings = {
    INFECT_URL: `https://raw.githubusercontent.com/elitak/nixos-infect/${nixosInfect.commit}/nixos-infect`,
    INFECT_SHA256: nixosInfect.sha256,
    INSTALLER_URL: `https://releases.nixos.org/nix/nix-${nixInstaller}/install`,
    INSTALLER_SHA256: installerSha256,
    CHANNEL: nixosChannel,
  };
  const document = cloudConfig({
    write_files: [
      // mtime 0 leaves the clock out; fflate's bytes are the same on every platform, zlib's are not.
      writeFile(
        'nixos.tar',
        Buffer.from(gzipSync(archive, { level: 9, mtime: 0 })).toString('base64'),
        'gz+b64',
      ),
      writeFile('bootstrap.env', lines(Object.entries(settings).map(([key, value]) => `${key}=${value}`))),
      writeFile('authorized_keys', lines([bootstrapKey])),
    ],
    runcmd: [
      ['mkdir', '-p', `${FOLDER}/nixos`],
      ['tar', '-xf', `${FOLDER}/nixos.tar`, '-C', `${FOLDER}/nixos`],
      ['bash', `${FOLDER}/nixos/scripts/bootstrap.sh`],
    ],
  });
  if (Buffer.byteLength(document) > LONGEST)
    throw new KeelsonError('User data', [
      {
        where: 'files',
        message: `make it ${Buffer.byteLength(document)} bytes long; at most ${LONGEST} are allowed`,
      },
    ]);
  return document;
}

/** What the first installation needs, without comments, which would be a third of it: the first upload brings them. */
const firstFiles = (files: FileTree): FileTree =>
  Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => !SECOND_DAY.test(path))
      .map(([path, text]) => [path, text.replaceAll(/^[ \t]*#(?!!).*\n/gm, '')]),
  );

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

const writeFile = (name: string, content: string, encoding?: string) => ({
  path: `${FOLDER}/${name}`,
  permissions: '0600',
  ...(encoding && { encoding }),
  content,
});

/** JSON is YAML; nothing may stand before its first line, or cloud-init takes the document for something else. */
const cloudConfig = (document: object): string => `#cloud-config\n${JSON.stringify(document, null, 1)}\n`;
