import { generateKeyPair } from 'node:crypto';
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

/** A key pair for signing, both halves PEM. RSA, since node-forge signs with nothing else that Kubernetes takes. */
export async function newKeys(): Promise<{ publicKey: string; privateKey: string }> {
  return await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

/** A certificate authority of its own, known to nobody but those who are given its certificate. */
export async function newAuthority(commonName: string): Promise<KeyPair> {
  return await certify({ commonName }, undefined);
}

/** A certificate for a server, a client, or (as etcd's peers are) both. */
export async function issue(authority: KeyPair, options: CertificateOptions): Promise<KeyPair> {
  return await certify(options, authority);
}

async function certify(options: CertificateOptions, authority: KeyPair | undefined): Promise<KeyPair> {
  const { commonName, organization, hosts = [] } = options;
  const { publicKey, privateKey } = await newKeys();
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = `01${crypto.randomUUID().replaceAll('-', '')}`;
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
  certificate.sign(pki.privateKeyFromPem(authority?.key ?? privateKey), md.sha256.create());
  return { key: privateKey, certificate: pki.certificateToPem(certificate) };
}

const DNS_NAME = 2;
const IP_ADDRESS = 7;

function alternativeName(host: string): { type: number; value?: string; ip?: string } {
  return isIP(host) ? { type: IP_ADDRESS, ip: host } : { type: DNS_NAME, value: host };
}
