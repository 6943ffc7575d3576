import { loadApplication } from './application.js';
import { plainError } from './plain-error.js';
import { program } from './program.js';
import { projectFolder } from './project-folder.js';

/**
 * The entry behind Pulumi.yaml: `pulumi up` runs it, the nearest package.json from the project's folder upwards names
 * the application, and the stack's configuration says which cluster or environment of it the stack is.
 */
export = async () => {
  try {
    // Relative paths, in the application and in errors, begin where Pulumi.yaml is.
    process.chdir(projectFolder());
    return program(await loadApplication(process.cwd()));
  } catch (error) {
    throw plainError(error);
  }
};
