import { App, Chart, Testing } from 'cdk8s';
import { Deployment, Ingress, IngressBackend } from 'cdk8s-plus-27';
import boutique from '../../examples/boutique/app.js';
import lunch from '../../examples/lunch/app.js';
import routeguide from '../../examples/routeguide/app.js';
import streams from '../../examples/streams/app.js';
import { type KubeObject, synthesize } from '../../lib/index.js';
import { toYaml } from '../../lib/yaml.js';
import { everyKind } from '../support/every-kind.js';
import { describeWithGo } from '../support/go-tool.js';
import { SCORE_IGNORES } from '../support/score/ignores.js';
import { type Finding, kubeScore } from '../support/score/kube-score.js';

/** What each cluster gets: policies and disruption budgets stand beside the pods that they are for. */
const clusters = [lunch, routeguide, streams, boutique, everyKind].flatMap((application) => {
  const { stacks } = synthesize(application, { user: 'ada' });
  return [...new Set(stacks.map(({ cluster }) => cluster))].map((cluster) => ({
    name: `${application.name}, cluster ${cluster}`,
    objects: stacks
      .filter((stack) => stack.cluster === cluster)
      .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects)),
  }));
});

const ignored = (finding: Finding, objects: readonly KubeObject[]) =>
  SCORE_IGNORES.find(({ check, accepts }) => check === finding.check && accepts(finding, objects));
const line = ({ grade, object, check, message }: Finding) => `${grade}: ${object}: ${check}: ${message}`;

describeWithGo('kube-score')('kube-score', () => {
  let score: (yaml: string) => Finding[];
  beforeAll(
    async () => {
      score = await kubeScore();
    },
    15 * 60 * 1000,
  );

  test.each(clusters)('$name: no critical and no warning beyond the listed ones', ({ objects }) => {
    const findings = score(toYaml(objects)).filter((finding) => !ignored(finding, objects));
    expect(findings.map(line)).toEqual([]);
  });

  test('every listed one is still needed', () => {
    const used = clusters.flatMap(({ objects }) =>
      score(toYaml(objects)).map((finding) => ignored(finding, objects)),
    );
    expect(SCORE_IGNORES.filter((ignore) => !used.includes(ignore))).toEqual([]);
  });

  test("what cdk8s-plus-27 makes of its own documentation's example", () => {
    const chart = new Chart(new App(), 'plain');
    const deployment = new Deployment(chart, 'web', {
      containers: [{ image: 'example.com/web:1.0.0', portNumber: 8080 }],
    });
    new Ingress(chart, 'ingress', {
      rules: [
        { host: 'www.example.com', backend: IngressBackend.fromService(deployment.exposeViaService()) },
      ],
    });
    const findings = score(toYaml(Testing.synth(chart) as KubeObject[]));
    const count = (grade: Finding['grade']) => findings.filter((finding) => finding.grade === grade).length;
    expect({ criticals: count('critical'), warnings: count('warning') }).toEqual({
      criticals: 7,
      warnings: 1,
    });
  });
});
