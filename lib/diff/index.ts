export { diffManifests, type StackDiff, type StackObjects } from './diff.js';
export type { FieldChange } from './field-changes.js';
export { diffJson } from './json-report.js';
export type { Mark, MarkKind } from './mark.js';
export { diffMarkdown } from './markdown.js';
export type { Action, MarkedChange } from './object-change.js';
export type { ComparedSide, DiffReport } from './report.js';
export { diffTerminal } from './terminal.js';
