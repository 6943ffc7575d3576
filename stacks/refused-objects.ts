import type { Problem } from '../lib/config/problem.js';
import { isCounted, resourceName } from './resource-name.js';
import { logicalNameIn } from './targets.js';

/** An object that is not deleted because it holds data, and how to delete it all the same. */
export const protectedProblem = (urn: string, stack: string): Problem => {
  const { kind, name } = resourceName(urn);
  return {
    where: isCounted(urn) ? `${kind} ${name}` : name,
    message: `holds data and is protected, so it is not deleted. If the data may go: pulumi state unprotect --stack ${stack} '${urn}', then again`,
  };
};

/** An object that the cluster has from somebody else, and how to take it over. */
export const takenProblem = (
  urn: string,
  importCommand = (object: string) => `keelson import ${object}`,
): Problem => {
  const { kind, name } = resourceName(urn);
  return {
    where: `${kind} ${name}`,
    message: `is in the cluster already and not this stack's, so it was left as it is. Give it another name, or hand it to this stack: ${importCommand(logicalNameIn(urn))}, which changes nothing; a preview then shows what up would change in it`,
  };
};
