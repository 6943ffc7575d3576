import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, ROOT } from './repository.js';

const FENCED = /^ *(?<fence>```+)(?<language>\w*)[^\n]*\n(?<text>[\s\S]*?)^ *\k<fence> *$/gm;

/** A page of the repository, its path relative to it. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every page that a person reads: at the root, in docs/ and in examples/. */
export const pages = (): readonly Page[] =>
  [...readdirSync(ROOT), ...filesBelow('docs'), ...filesBelow('examples')]
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules/'))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** Fenced code. */
export interface Block {
  /** Path of its page. */
  readonly page: string;
  /** Line of the page on which its text begins, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

export const blocksOf = ({ path, text: page }: Page): readonly Block[] =>
  [...page.matchAll(FENCED)].map(({ index, groups: { language = '', text = '' } = {} }) => ({
    page: path,
    line: page.slice(0, index).split('\n').length + 1,
    language,
    text,
  }));

/** The text of a file that a page shows: the first block after its name. */
export function fileIn(page: Page, name: string): string {
  const named = page.text.slice(0, page.text.indexOf(`\`${name}\``)).split('\n').length;
  const block = blocksOf(page).find(({ line }) => line > named);
  if (!block || !page.text.includes(`\`${name}\``)) throw new Error(`${page.path} shows no ${name}`);
  return block.text;
}

/** What links point to, code left out. */
export const linksOf = ({ text }: Page): readonly string[] => {
  const prose = text.replace(FENCED, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]: (\S+)/gm)].map(
    ([, inline, reference]) => inline ?? reference ?? '',
  );
};

/** The anchors that GitHub gives the page's headings. */
export const anchorsOf = ({ text }: Page): readonly string[] =>
  [...text.replace(FENCED, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Lines of fenced code, and what stands in the prose as `code`. */
export const codeOf = (page: Page): readonly string[] => [
  ...blocksOf(page).flatMap(({ text }) => text.split('\n')),
  ...[...page.text.replace(FENCED, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
];
