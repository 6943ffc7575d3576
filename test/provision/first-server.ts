/** What the first server of a cluster `main` is given beside its settings. */
export const FIRST_SERVER = {
  hostname: 'main-server-1',
  role: 'server',
  clusterInit: true,
  serverAddress: 'https://main-api.example.com:6443',
  privateCidr: '10.110.0.0/20',
} as const;

/** A person's public key. */
export const ADA =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPvxUciJaPNdNwxZ5n7i10aLvq4QAgRorZFTSZs9mT+V ada@example.com';
