import type { Problem } from '../lib/config/problem.js';
import { explainForbidden } from './forbidden.js';
import type { Diagnostic } from './run-record.js';

interface Rule {
  readonly pattern: RegExp;
  readonly say: (match: RegExpMatchArray) => string;
}

/** The first that fits what the API server or the provider says of an object. */
const RULES: readonly Rule[] = [
  {
    pattern: /conflicts? with "/,
    say: ({ input = '' }) =>
      `has fields that somebody else changed in the cluster: ${conflicts(input)}. Take them back with --force-conflicts, or leave them out of the application`,
  },
  {
    pattern: /admission webhook "([^"]+)" denied the request:? ?([\s\S]*)/,
    say: ([, webhook, reason]) =>
      `is refused by a rule of the cluster: ${reason || 'it gives no reason'}. Change the object to what the rule allows, or ask whoever runs the webhook ${webhook}`,
  },
  {
    pattern: /failed calling webhook "([^"]+)":? ?([\s\S]*)/,
    say: ([, webhook, reason]) =>
      `has to pass the webhook ${webhook}, which does not answer: ${reason}. Look after its pods, then again`,
  },
  {
    pattern: /exceeded quota: ([^,\s]+), requested: (.+?), used: (.+?), limited: ([^\s;]+)/,
    say: ([, quota, requested, used, limited]) =>
      `does not fit the quota ${quota}: it asks for ${requested}, of ${limited} are ${used} taken. Raise the environment's quota in the application and bring its cluster up, or let it ask for less`,
  },
  {
    pattern: /namespaces "([^"]+)" not found/,
    say: ([, namespace]) =>
      `belongs into the namespace ${namespace}, which is not there: the cluster's stack makes it. Bring that up first: up without naming services`,
  },
  {
    pattern: /unable to create new content in namespace (\S+) because it is being terminated/,
    say: ([, namespace]) =>
      `belongs into the namespace ${namespace}, which is being deleted. Wait until it is gone (kubectl wait --for=delete namespace/${namespace}), then bring its cluster up, which makes it anew, and this stack after it`,
  },
  {
    pattern: /object is being deleted: \S+ "[^"]+" already exists/,
    say: () =>
      'is being deleted and still there: wait until it is gone, or look at what holds it (metadata.finalizers), then again',
  },
  {
    pattern: /knows no kind (\S+) in (\S+)\.|no matches for kind "(\S+)" in version "(\S+)"/,
    say: ([, kind, version, otherKind, otherVersion]) =>
      `is of the kind ${kind ?? otherKind} (${version ?? otherVersion}), which the cluster does not know: its CustomResourceDefinition is not there. Bring the stack up that has it; where somebody deleted it, refresh that stack first`,
  },
  {
    pattern: /it is gone from the cluster/,
    say: () => 'is gone: somebody deleted it. A refresh notes that, and the next up creates it again',
  },
  {
    pattern: /\b(\S+ )?is forbidden: User "([^"]+)" cannot ([\s\S]+)/,
    say: ([, , user, what]) =>
      `may not be touched by ${user}, as whom the kubeconfig logs in: cannot ${what}. Use one that may, or have the right given`,
  },
  {
    pattern: /too many requests|Too Many Requests|\b429\b/i,
    say: ({ input = '' }) =>
      `was not taken: the API server has too much to do and said so until the end of the tries. Wait a little, then again. ${input}`,
  },
];

/** What went wrong with one object, with the way on; what nobody foresaw is repeated as it is. */
export function objectProblem({ object, message }: Diagnostic, stack: string): Problem {
  const where = object ?? `stack ${stack}`;
  const forbidden = explainForbidden(message);
  if (forbidden !== undefined) return { where, message: forbidden };
  for (const { pattern, say } of RULES) {
    const match = pattern.exec(message);
    if (match) return { where, message: say(match) };
  }
  return { where, message };
}

/**
 * `.spec.replicas (kubectl-edit)`, from the stand-in's lines `.spec.replicas: conflict with "kubectl-edit"`, and from
 * the API server's own `conflict with "kubectl-edit" using apps/v1: .spec.replicas`, with a list for several fields.
 */
function conflicts(text: string): string {
  const found = new Map<string, string>();
  for (const [, field = '', manager = ''] of text.matchAll(/(\.\S+): conflict with "([^"]+)"/g))
    found.set(field, manager);
  for (const [, manager = '', fields = ''] of text.matchAll(
    /conflicts? with "([^"]+)"[^:\n]*: *((?:\s*(?:- )?\.\S+)+)/g,
  ))
    for (const [field] of fields.matchAll(/\.\S+/g)) found.set(field, manager);
  return [...found].map(([field, manager]) => `${field} (${manager})`).join(', ') || text;
}
