import { actionsIn, marksIn } from './diff.js';
import { formatPath } from './field-lines.js';
import { type MarkedChange, subjectOf } from './object-change.js';
import { changesIn, type DiffReport, isLive } from './report.js';

/** Rises when a field changes its meaning or goes; new fields may come without. */
export const REPORT_VERSION = 1;

/** The report for programs; docs/reference/diff.md says what is in it. */
export const diffJson = (report: DiffReport): string =>
  `${JSON.stringify(
    {
      version: REPORT_VERSION,
      compares: isLive(report) ? 'cluster' : 'code',
      base: report.base,
      head: report.head,
      summary: {
        actions: Object.fromEntries(actionsIn(changesIn(report))),
        marks: Object.fromEntries(marksIn(changesIn(report))),
      },
      stacks: report.stacks.map(({ name, missing, changes, budget }) => ({
        name,
        ...(missing && { missing }),
        budget,
        changes: changes.map(jsonOf),
      })),
      uncompared: report.uncompared,
    },
    null,
    2,
  )}\n`;

function jsonOf(change: MarkedChange) {
  const { apiVersion, kind, metadata } = subjectOf(change);
  return {
    action: change.action,
    apiVersion,
    kind,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    name: metadata.name,
    ...(change.action === 'rename' && { oldName: change.before?.metadata.name }),
    marks: change.marks,
    fields: change.fields.map((field) => ({
      path: formatPath(field.path),
      before: field.before,
      after: field.after,
      ...(change.replacing.includes(field) && { replaces: true }),
    })),
  };
}
