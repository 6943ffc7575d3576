import { spawnSync } from 'node:child_process';
import { kubernetesVersion } from '../../../lib/config/versions.js';
import { goTool } from '../go-tool.js';

/** One thing that kube-score would have otherwise. */
export interface Finding {
  readonly grade: 'critical' | 'warning';
  /** `Deployment lunch/web`, as problems name objects. */
  readonly object: string;
  readonly check: string;
  readonly message: string;
}

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string; readonly namespace?: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

/** kube-score's grades that are no praise. @see https://github.com/zegl/kube-score/blob/v1.20.0/scorecard/scorecard.go */
const GRADES: Readonly<Record<number, Finding['grade']>> = { 1: 'critical', 5: 'warning' };

/** Builds kube-score and returns how to ask it about a text of YAML. */
export async function kubeScore(): Promise<(yaml: string) => Finding[]> {
  const program = await goTool('kube-score');
  return (yaml) => {
    const version = `v${kubernetesVersion.split('.').slice(0, 2).join('.')}`;
    const { stdout, stderr } = spawnSync(
      program,
      ['score', '--output-format', 'json', '--kubernetes-version', version, '-'],
      { input: yaml, encoding: 'utf8', maxBuffer: 2 ** 28 },
    );
    if (!stdout.startsWith('[')) throw new Error(`kube-score gave no answer: ${stderr}`);
    return (JSON.parse(stdout) as Scored[]).flatMap(findings);
  };
}

function findings({ type_meta, object_meta: { name, namespace }, checks }: Scored): Finding[] {
  const object = `${type_meta.kind} ${namespace ? `${namespace}/` : ''}${name}`;
  return checks.flatMap(({ check, grade, skipped, comments }) => {
    const word = skipped ? undefined : GRADES[grade];
    if (!word) return [];
    return (comments ?? []).map(({ path, summary }) => ({
      grade: word,
      object,
      check: check.id,
      message: path ? `${path}: ${summary}` : summary,
    }));
  });
}
