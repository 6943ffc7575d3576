/** Why this machine can have no lab. */
export class NoLab extends Error {}

/** Exit code of what has said so: `test/lab/run` ends well then. */
export const NO_LAB = 3;
