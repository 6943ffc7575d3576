import { execFileSync } from 'node:child_process';
import { clearSecrets } from '../../stacks/clear-secrets.js';
import { secretPath, setRandomSecretCommand, setSecretCommand } from '../../stacks/config-command.js';

describe('commands that set a secret', () => {
  it.each([
    ['web', 'key', 'keelson:secrets.web.key'],
    ['redis-cloud', 'cookie_key', 'keelson:secrets.redis-cloud.cookie_key'],
    ['web', 'tls.crt', 'keelson:secrets.web["tls.crt"]'],
    ['a.b', 'c', 'keelson:secrets["a.b"].c'],
  ])('name %s %s as Pulumi parses it', (secret, key, path) => {
    expect(secretPath(secret, key)).toBe(path);
  });

  it('reach a shell as one word', () => {
    const command = setSecretCommand('dev', 'web', 'tls.crt').replace('pulumi', 'printf "%s\\n"');
    const words = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' }).trim().split('\n');
    expect(words.at(-1)).toBe('keelson:secrets.web["tls.crt"]');
  });

  it('take a random value through standard input, never as an argument', () => {
    expect(setRandomSecretCommand('dev', 'web', 'key')).toBe(
      "openssl rand -hex 32 | pulumi config set --secret --stack dev --path 'keelson:secrets.web.key'",
    );
  });
});

describe('clearSecrets', () => {
  const secure = { secure: 'v1:abc' };

  it('finds nothing where every value is encrypted, or the whole is', () => {
    expect(clearSecrets(undefined)).toEqual([]);
    expect(clearSecrets({ 'other:key': 'x' })).toEqual([]);
    expect(clearSecrets({ 'keelson:secrets': { web: { key: secure, secure } } })).toEqual([]);
    expect(clearSecrets({ 'keelson:secrets': secure })).toEqual([]);
  });

  it('names each value in clear, also beside encrypted ones', () => {
    const config = { 'keelson:secrets': { web: { key: secure, other: 'hunter2', pin: 42 }, redis: 'x' } };
    expect(clearSecrets(config)).toEqual([
      'keelson:secrets.web.other',
      'keelson:secrets.web.pin',
      'keelson:secrets.redis',
    ]);
  });
});
