/** Name of the configuration value that holds `{ <secret>: { <key>: <value> } }`. */
export const SECRETS_KEY = 'keelson:secrets';

/** A path below {@link SECRETS_KEY} as Pulumi parses it: a name with a dot or bracket needs `["…"]`. */
export const secretPath = (secret: string, key: string): string =>
  [secret, key].reduce(
    (path, name) => (/[.[\]"]/.test(name) ? `${path}[${JSON.stringify(name)}]` : `${path}.${name}`),
    SECRETS_KEY,
  );

/** The command that asks for a secret value and stores it encrypted. */
export const setSecretCommand = (stack: string, secret: string, key: string): string =>
  `pulumi config set --secret --stack ${stack} --path '${secretPath(secret, key)}'`;

/** The command that stores a random value without showing it. */
export const setRandomSecretCommand = (stack: string, secret: string, key: string): string =>
  `openssl rand -hex 32 | ${setSecretCommand(stack, secret, key)}`;
