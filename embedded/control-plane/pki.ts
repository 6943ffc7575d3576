import { constants, generateKeyPair, privateEncrypt, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { md, pki } from 'node-forge';

/** A private key and the certificate for it, both PEM. */
export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

interface CertificateOptions {
  readonly commonName: string;
  /** Kubernetes reads a client's groups from here. */
  readonly organization?: string;
  /** A server's names; loopback addresses are written as such. */
  readonly hosts?: readonly string[];
}

const DAY = 24 * 60 * 60 * 1000;

/** Days that a certificate is good for. Longer than any throw-away cluster lives: nothing here is ever renewed. */
const VALID_DAYS = 3650;

/** Both halves PEM. RSA, since node-forge signs with nothing else that Kubernetes takes. */
export interface Keys {
  readonly publicKey: string;
  readonly privateKey: string;
}

export async function newKeys(): Promise<Keys> {
  return await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

/** A certificate authority of its own, known to nobody but those who are given its certificate. */
export async function newAuthority(commonName: string): Promise<KeyPair> {
  return certify({ commonName }, await newKeys(), undefined);
}

/** A certificate for a client, and for a server where it has hosts. */
export function issue(authority: KeyPair, keys: Keys, options: CertificateOptions): KeyPair {
  return certify(options, keys, authority);
}

function certify(options: CertificateOptions, keys: Keys, authority: KeyPair | undefined): KeyPair {
  const { commonName, organization, hosts = [] } = options;
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(keys.publicKey);
  certificate.serialNumber = `01${randomUUID().replaceAll('-', '')}`;
  // Clocks of containers and virtual machines differ a little.
  certificate.validity.notBefore = new Date(Date.now() - DAY);
  certificate.validity.notAfter = new Date(Date.now() + VALID_DAYS * DAY);
  const subject = [{ name: 'commonName', value: commonName }];
  if (organization) subject.unshift({ name: 'organizationName', value: organization });
  certificate.setSubject(subject);
  certificate.setIssuer(
    authority ? pki.certificateFromPem(authority.certificate).subject.attributes : subject,
  );
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: authority === undefined },
    { name: 'subjectKeyIdentifier' },
    ...(authority
      ? [
          { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
          { name: 'extKeyUsage', serverAuth: hosts.length > 0, clientAuth: true },
        ]
      : [{ name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true }]),
    ...(hosts.length > 0 ? [{ name: 'subjectAltName', altNames: hosts.map(alternativeName) }] : []),
  ]);
  certificate.sign(nativeSigner(authority?.key ?? keys.privateKey), md.sha256.create());
  return { key: keys.privateKey, certificate: pki.certificateToPem(certificate) };
}

/** What PKCS #1 puts before a SHA-256 digest that is signed. */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** A key that signs by Node's own cryptography: node-forge's takes a hundred times as long, a second for a cluster. */
function nativeSigner(privateKey: string): pki.rsa.PrivateKey {
  const sign = (message: md.MessageDigest | string): string => {
    const digest = typeof message === 'string' ? message : message.digest().getBytes();
    const data = Buffer.concat([SHA256_PREFIX, Buffer.from(digest, 'binary')]);
    return privateEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, data).toString('binary');
  };
  return { ...pki.privateKeyFromPem(privateKey), sign };
}

const DNS_NAME = 2;
const IP_ADDRESS = 7;

function alternativeName(host: string): { type: number; value?: string; ip?: string } {
  return isIP(host) ? { type: IP_ADDRESS, ip: host } : { type: DNS_NAME, value: host };
}
