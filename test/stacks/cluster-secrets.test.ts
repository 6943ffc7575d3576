import * as pulumi from '@pulumi/pulumi';
import type { SecretNeed } from '../../lib/secret-needs.js';
import { ClusterSecrets } from '../../stacks/cluster-secrets.js';
import { type MockOptions, mockEngine } from './mock-engine.js';

const redis: SecretNeed = { name: 'redis', namespace: 'shop', keys: ['url', 'ca.crt'], generate: false };
const web: SecretNeed = { name: 'web', namespace: 'shop', keys: ['cookie-key'], generate: true };

const given = (secrets: unknown): MockOptions => ({
  config: { 'keelson:secrets': JSON.stringify(secrets) },
  secretKeys: ['keelson:secrets'],
});
const secretsOf = (needs: readonly SecretNeed[], options: MockOptions) =>
  mockEngine(() => new ClusterSecrets(needs), options);

/** The SDK resolves it but does not declare it. */
const isKnown = (output: unknown) => (output as { readonly isKnown: Promise<boolean> }).isKnown;

describe('ClusterSecrets', () => {
  it('makes Secrets whose values are secret Outputs', async () => {
    const { result } = await secretsOf([redis], given({ redis: { url: 'redis://x', 'ca.crt': 'PEM' } }));
    const [secret] = result.manifest.objects;
    expect(secret).toMatchObject({
      kind: 'Secret',
      metadata: { name: 'redis', namespace: 'shop' },
      type: 'Opaque',
    });
    const url = (secret?.stringData as { url: pulumi.Output<string> } | undefined)?.url ?? pulumi.output('');
    expect(await pulumi.isSecret(url)).toBe(true);
    expect(await new Promise((resolve) => url.apply(resolve))).toBe('redis://x');
  });

  it('gives the same value to two namespaces, and text for what Pulumi took for a number', async () => {
    const { result } = await secretsOf(
      [web, { ...web, namespace: 'admin' }],
      given({ web: { 'cookie-key': 1234 } }),
    );
    const values = result.manifest.objects.map(
      ({ stringData }) => (stringData as Record<string, unknown>)['cookie-key'],
    );
    expect(await new Promise((resolve) => pulumi.all(values).apply(resolve))).toEqual(['1234', '1234']);
  });

  it('names everything that is missing at once, with the command that sets it', async () => {
    await expect(secretsOf([redis, web, { ...web, namespace: 'admin' }], {})).rejects.toThrow(
      [
        'The configuration of stack "stack" has 3 problems:',
        "  keelson:secrets.redis.url: is not set; set it with: pulumi config set --secret --stack stack --path 'keelson:secrets.redis.url'",
        `  keelson:secrets.redis["ca.crt"]: is not set; set it with: pulumi config set --secret --stack stack --path 'keelson:secrets.redis["ca.crt"]'`,
        "  keelson:secrets.web.cookie-key: is not set; any random value will do: openssl rand -hex 32 | pulumi config set --secret --stack stack --path 'keelson:secrets.web.cookie-key'",
      ].join('\n'),
    );
  });

  it('lets a preview go on without them, and warns', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const { result } = await secretsOf([web], { preview: true });
    const [value] = Object.values(result.manifest.objects[0]?.stringData ?? {});
    expect(await isKnown(value)).toBe(false);
    expect(warn.mock.calls.join()).toContain('keelson:secrets.web.cookie-key is not set');
    warn.mockRestore();
  });

  it('refuses values in clear, without repeating them', async () => {
    const clear = { config: { 'keelson:secrets': '{"web":{"cookie-key":"hunter2"}}' } };
    await expect(secretsOf([web], clear)).rejects.toThrow('keelson:secrets: is stored in clear');
    await expect(secretsOf([web], clear)).rejects.not.toThrow('hunter2');
  });

  it.each(['"text"', '[]', 'no JSON'])('refuses %s where an object of secrets belongs', async (text) => {
    const options = { config: { 'keelson:secrets': text }, secretKeys: ['keelson:secrets'] };
    await expect(secretsOf([web], options)).rejects.toThrow('keelson:secrets: is no object of secrets');
  });

  it('warns of names that nothing uses and guesses what was meant', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    await secretsOf(
      [web],
      given({ web: { 'cookie-key': 'x', 'cokie-key': 'y' }, wep: { a: 'b' }, zebra: {} }),
    );
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining('keelson:secrets.web.cokie-key is used by nothing; did you mean "cookie-key"?'),
      expect.stringContaining('keelson:secrets.wep is used by nothing; did you mean "web"?'),
      expect.stringMatching(/keelson:secrets.zebra is used by nothing$/),
    ]);
    warn.mockRestore();
  });
});
