import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** An ed25519 pair as OpenSSH has it. */
export interface SshKeyPair {
  /** A line of `authorized_keys`. */
  readonly publicKey: string;
  /** Not encrypted. */
  readonly privateKey: string;
}

const TYPE = 'ssh-ed25519';
/** Unencrypted private keys are padded to it. */
const BLOCK = 8;

/**
 * A new key pair, made in memory: `ssh-keygen` would leave the private key in a file.
 *
 * @param comment without spaces, which nixos-infect does not survive
 * @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
export function newSshKeyPair(comment: string): SshKeyPair {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [point, seed] = [x, d].map((part = '') => Buffer.from(part, 'base64url')) as [Buffer, Buffer];
  const publicBlob = Buffer.concat([field(TYPE), field(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, publicBlob],
    ...[field(Buffer.concat([seed, point])), field(comment)],
  ]);
  const padding = Buffer.from(Array.from({ length: -secret.length & (BLOCK - 1) }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(field),
    uint32(1),
    field(publicBlob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString('base64').replace(/.{70}/g, '$&\n').trimEnd();
  return {
    publicKey: `${TYPE} ${publicBlob.toString('base64')} ${comment}`,
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`,
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Length, then bytes. */
const field = (content: string | Buffer): Buffer =>
  Buffer.concat([uint32(Buffer.byteLength(content)), Buffer.from(content as string)]);
