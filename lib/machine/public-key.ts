import * as v from 'valibot';

/** A line of `authorized_keys`, without options. */
export const publicKeySchema = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^((sk-)?(ssh|ecdsa)-[\w@.-]+) [A-Za-z0-9+/]+={0,3}( [^\n\r]*)?$/, (issue) =>
    issue.input.includes('PRIVATE KEY')
      ? 'is a private key; give the public one (the file ending in .pub), and replace this key: it has been shown'
      : `${JSON.stringify(issue.input)} is no public key; give one line such as "ssh-ed25519 AAAA… ada@example.com"`,
  ),
);
