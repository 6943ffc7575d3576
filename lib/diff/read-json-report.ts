import * as v from 'valibot';
import { KeelsonError } from '../config/problem.js';
import type { KubeObject } from '../kube/object.js';
import type { Path } from './field-changes.js';
import { formatPath } from './field-lines.js';
import { REPORT_VERSION } from './json-report.js';
import { MARK_KINDS } from './mark.js';
import type { MarkedChange } from './object-change.js';
import type { DiffReport } from './report.js';

/** Problems of a forged report that are told; it may have any number. */
const MOST_TOLD = 5;

/** Characters that turn text around make it look like another one. @see https://trojansource.codes */
const text = v.pipe(
  v.string(),
  v.transform((given) => given.replace(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd')),
);
const amount = v.pipe(v.number(), v.finite());
const budget = v.object({ cpuMillis: amount, memoryMiB: amount, storageMiB: amount, loadBalancers: amount });
const side = v.object({
  name: text,
  commit: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/))),
  problems: v.array(v.object({ stack: v.optional(text), message: text })),
});
const change = v.object({
  action: v.picklist(['create', 'update', 'replace', 'rename', 'delete']),
  apiVersion: text,
  kind: text,
  namespace: v.optional(text),
  name: text,
  oldName: v.optional(text),
  marks: v.array(v.object({ kind: v.picklist(MARK_KINDS), text })),
  fields: v.array(
    v.object({
      path: text,
      before: v.optional(v.unknown()),
      after: v.optional(v.unknown()),
      replaces: v.optional(v.boolean()),
    }),
  ),
});
const schema = v.object({
  version: v.literal(REPORT_VERSION),
  base: side,
  head: side,
  stacks: v.array(
    v.object({
      name: text,
      missing: v.optional(v.picklist(['before', 'after'])),
      budget: v.object({ before: budget, after: budget }),
      changes: v.array(change),
    }),
  ),
  uncompared: v.array(v.object({ stack: text, objects: amount })),
});

/**
 * Reads what `diffJson` wrote, from whomever it comes: every value is checked, fields that it does not know are left
 * out. Of objects it knows no more than their names.
 *
 * @throws KeelsonError for everything else
 */
export function readDiffJson(json: string): DiffReport {
  const { success, output, issues } = v.safeParse(schema, parsed(json));
  if (!success)
    throw new KeelsonError(
      'The report',
      issues.slice(0, MOST_TOLD).map((issue) => ({
        where: v.getDotPath(issue) ?? '',
        message: `is not as docs/reference/diff.md has it; expected ${issue.expected ?? 'another value'}`,
      })),
    );
  return {
    ...output,
    stacks: output.stacks.map((stack) => ({ ...stack, changes: stack.changes.map(changeOf) })),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new KeelsonError('The report', [{ where: '', message: 'is no JSON' }]);
  }
}

function changeOf(given: v.InferOutput<typeof change>): MarkedChange {
  const { action, apiVersion, kind, namespace, name, oldName = name, marks } = given;
  const object = (called: string): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: called, namespace },
  });
  const fields = given.fields.map(({ path, before, after, replaces = false }) => ({
    replaces,
    change: { path: pathOf(path), before, after },
  }));
  return {
    action,
    marks,
    ...(action !== 'create' && { before: object(action === 'rename' ? oldName : name) }),
    ...(action !== 'delete' && { after: object(name) }),
    fields: fields.map((field) => field.change),
    replacing: fields.filter(({ replaces }) => replaces).map((field) => field.change),
  };
}

/** The steps that `formatPath` wrote; a text that it did not write is one step. */
function pathOf(written: string): Path {
  const steps = [...written.matchAll(/\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|[^.[\]]+/g)].map(([step]) =>
    step.startsWith('["') ? unquoted(step.slice(1, -1)) : step,
  );
  return formatPath(steps) === written ? steps : [written];
}

function unquoted(step: string): string {
  try {
    return JSON.parse(step) as string;
  } catch {
    return step;
  }
}
