import { loadApplication } from './application.js';
import { program } from './program.js';

/**
 * The entry behind Pulumi.yaml: `pulumi up` runs it in the folder of the project, and the stack's configuration says
 * which cluster or environment of the application it is.
 */
export = async () => program(await loadApplication(process.cwd()));
