import { PROVIDER, REPLACEMENTS, type Replacement } from '../../lib/digitalocean/replacements.js';
import type { Consequence } from '../../stacks/digitalocean/consequences.js';
import type { Outcome } from './digitalocean-bed.js';

/** An edit of a cluster's arguments and what came of it. */
export type Edit = { readonly what: string; readonly code: string } & (
  | { readonly refused: true }
  | { readonly outcome: Outcome; readonly consequences: readonly Consequence[] }
);

const WIDTH = 120;
const [COMMIT = ''] = /[0-9a-f]{40}/.exec(PROVIDER) ?? [];
const TREE = `https://github.com/digitalocean/terraform-provider-digitalocean/tree/${COMMIT}`;
/** Kinds that a cell names; of more it says the number. */
const MOST_KINDS = 6;

/** docs/reference/what-an-edit-does.md, from a run of the engine and the table of replacements. */
export const editsPage = (edits: readonly Edit[]): string =>
  [
    '# What an edit does',
    '',
    'Written by `test/engine/digitalocean.test.ts`, from one run of the real Pulumi engine against the simulated cloud.',
    'No edit replaced a machine. Nothing here was seen with the real plugin yet.',
    '',
    '| edit | in `Cluster` | what happens |',
    '|---|---|---|',
    ...edits.map((edit) => `| ${edit.what} | ${edit.code && `\`${edit.code}\``} | ${happened(edit)} |`),
    '',
    '## Property by property',
    '',
    `From [the table](../../lib/digitalocean/replacements.ts) that the previews and the stand-in use, read in the`,
    'provider’s source. Rows that a real plugin confirmed: ' +
      `${REPLACEMENTS.filter(({ verified }) => verified).length} of ${REPLACEMENTS.length}.`,
    'The components ignore or refuse what would replace a machine, a volume or an address. The files are those of',
    `[terraform-provider-digitalocean][source], at commit ${COMMIT.slice(0, 8)}.`,
    '',
    ...[...new Set(REPLACEMENTS.map(({ resource }) => resource))].flatMap(section),
    `[source]: ${TREE}`,
    '',
  ].join('\n');

function happened(edit: Edit): string {
  if ('refused' in edit) return '**refused**, nothing changes';
  const { steps } = edit.outcome;
  const counts = ['create', 'update', 'delete'].flatMap((op) => {
    const found = steps.filter((step) => step.op === op).map(({ resource }) => resource.split(' ')[0] ?? '');
    return found.length === 0 ? [] : [`${op} ${tally(found)}`];
  });
  const said = edit.consequences.length > 0 ? ['**the machine is powered off**'] : [];
  return [...counts, ...said].join('; ') || 'nothing';
}

function tally(types: readonly string[]): string {
  const kinds = [...new Set(types)].sort();
  if (kinds.length > MOST_KINDS) return `${types.length} resources`;
  return kinds
    .map((kind) => ({ kind, count: types.filter((type) => type === kind).length }))
    .map(({ kind, count }) => (count === 1 ? kind : `${count} ${kind}`))
    .join(', ');
}

function section(resource: string): string[] {
  const rows = REPLACEMENTS.filter((row) => row.resource === resource);
  const effects = (['replace', 'powers off', 'update'] as const).flatMap((effect) => {
    const of = rows.filter((row) => row.effect === effect);
    return of.length === 0 ? [] : wrapped(`- ${effect}: ${of.map(property).join(', ')}`);
  });
  const file = rows[0]?.source.split(`${COMMIT}/`)[1];
  return [`### ${resource}`, '', ...effects, '', `Read in \`${file}\`.`, ''];
}

const property = ({ property: name, when }: Replacement): string =>
  `\`${name}\`${when ? ` (${when.says})` : ''}`;

/** Breaks a list item into lines of the repository's width. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `  ${word}`);
  }
  return lines;
}
