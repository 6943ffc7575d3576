import * as v from 'valibot';

/** Of age itself, or an SSH key as age takes it: ed25519 and RSA. */
const RECIPIENT = /^(age1[0-9a-z]{58}|ssh-(ed25519|rsa) [A-Za-z0-9+/]+={0,3}( [^\n\r]*)?)$/;

const recipientSchema = v.pipe(
  v.string(),
  v.trim(),
  v.regex(RECIPIENT, ({ input }) =>
    /^AGE-SECRET-KEY-|PRIVATE KEY/.test(input)
      ? 'is a private key; give the public one, and replace this key: it has been shown'
      : `${JSON.stringify(input)} is no recipient of age; give a public key such as "age1…" (age-keygen says it) or "ssh-ed25519 AAAA… ada"`,
  ),
);

/** Copies of what cannot be made again: `clusters.<name>.backups`. */
export const backupsSchema = v.object({
  /** Public keys of who can open them, with age; nothing is ever written for anybody to read. */
  recipients: v.pipe(
    v.array(recipientSchema),
    v.minLength(
      1,
      'is empty: a backup is not written in plain; make a key with age-keygen, and give its public half',
    ),
  ),
  /** How many are kept in one place; older ones go. @default 14 */
  keep: v.optional(v.pipe(v.number(), v.integer(), v.gtValue(0)), 14),
});

export type BackupsSettings = v.InferOutput<typeof backupsSchema>;
