/** What the first server of a cluster `main` is given beside its settings. */
export const FIRST_SERVER = {
  hostname: 'main-server-1',
  role: 'server',
  clusterInit: true,
  serverAddress: 'https://main-api.example.com:6443',
  privateCidr: '10.110.0.0/20',
} as const;
