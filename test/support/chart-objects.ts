import { ApiObject, type Chart } from 'cdk8s';
import type { KubeObject } from '../../lib/index.js';

/** What a stranger's chart emits, and what its constructs say is wrong: of bad props both are of interest. */
export const chartObjects = (chart: Chart): { objects: KubeObject[]; problems: string[] } => {
  const constructs = chart.node.findAll();
  return {
    objects: constructs
      .filter((construct): construct is ApiObject => ApiObject.isApiObject(construct))
      .map((object) => object.toJson() as KubeObject),
    problems: constructs.flatMap(({ node }) => node.validate()),
  };
};
