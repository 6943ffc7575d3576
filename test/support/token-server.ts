import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import forge from 'node-forge';
import type { RegistryAuth } from './image-registry.js';

/** Gives tokens for a registry: everybody may pull from `public/…`, who has the password may do everything. */
export class TokenServer {
  /** What it was asked: the scope, with the name that asked. */
  readonly asked: string[] = [];
  /** Seconds that a token is good for. */
  lifetime = 300;
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly certificate = certificateOf(this.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));

  private constructor(
    private readonly server: Server,
    readonly realm: string,
    private readonly login: string,
  ) {}

  static async start(login: string): Promise<TokenServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const realm = `http://localhost:${(server.address() as AddressInfo).port}/token`;
    const tokens = new TokenServer(server, realm, login);
    server.on('request', ({ url = '', headers }, response) => {
      const given = Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
      const scope = new URL(url, realm).searchParams.get('scope') ?? '';
      tokens.asked.push(`${given.split(':')[0] || 'nobody'} ${scope}`);
      if (given !== '' && given !== login) {
        response.writeHead(401).end('{}');
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ token: tokens.token(scope, given === login), expires_in: tokens.lifetime }),
      );
    });
    return tokens;
  }

  /** What makes a registry believe it. */
  auth = (folder: string): RegistryAuth => {
    const rootcertbundle = join(folder, 'tokens.pem');
    writeFileSync(rootcertbundle, forge.pki.certificateToPem(this.certificate));
    return { token: { realm: this.realm, service: 'registry', issuer: 'tokens', rootcertbundle } };
  };

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private token(scope: string, isKnown: boolean): string {
    const [type = '', name = '', actions = ''] = scope.split(':');
    const allowed = actions
      .split(',')
      .filter((action) => isKnown || (action === 'pull' && name.startsWith('public/')));
    const der = forge.asn1.toDer(forge.pki.certificateToAsn1(this.certificate)).getBytes();
    const now = Math.floor(Date.now() / 1000);
    const head = { alg: 'RS256', typ: 'JWT', x5c: [Buffer.from(der, 'binary').toString('base64')] };
    const claims = {
      iss: 'tokens',
      sub: isKnown ? this.login.split(':')[0] : '',
      aud: 'registry',
      exp: now + this.lifetime,
      nbf: now - 60,
      iat: now,
      jti: randomUUID(),
      access: allowed.length > 0 ? [{ type, name, actions: allowed }] : [],
    };
    const text = [head, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${createSign('RSA-SHA256').update(text).sign(this.keys.privateKey, 'base64url')}`;
  }
}

function certificateOf(privateKey: string | Buffer): forge.pki.Certificate {
  const key = forge.pki.privateKeyFromPem(privateKey.toString()) as forge.pki.rsa.PrivateKey;
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const name = [{ name: 'commonName', value: 'tokens' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(key, forge.md.sha256.create());
  return certificate;
}
