import { defineApplication, StatefulService } from 'keelson';

/** What the pods of the database keep is a file of the machine that stands for the cluster. */
const dump = {
  dump: ['sh', '-c', 'cat "$KEELSON_ROOT/pods/$KEELSON_POD"'],
  restore: ['sh', '-c', 'cat >"$KEELSON_ROOT/pods/$KEELSON_POD"; echo "has it again"'],
};

/**
 * An application with a database, on machines.
 *
 * @param recipient who can open the backups. @default none are described
 */
export const vault = (operatorKey: string, recipient?: string) =>
  defineApplication({
    name: 'vault',
    domain: 'vault.example.com',
    contact: 'ops@example.com',
    clusters: {
      main: {
        machines: {
          region: 'fra1',
          zone: 'example.com',
          operatorCidrs: ['203.0.113.7/32'],
          servers: 3,
          // What is backed up lies on the machines' own disks.
          storageClass: 'local-path',
          agents: { builds: {} },
          sshKeys: { ada: operatorKey },
        },
        ...(recipient && { backups: { recipients: [recipient] } }),
      },
    },
    environments: { staging: { cluster: 'main' }, later: { cluster: 'main' } },
    services(env) {
      new StatefulService(env, 'db', {
        image: 'example.com/db:1',
        ports: { db: 5432 },
        replicas: 2,
        dump,
        storage: { data: { path: '/data', sizeGiB: 1 } },
      });
    },
  });
