import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, ROOT } from './repository.js';

const FENCED = /^ *(```+)[^\n]*\n([\s\S]*?)^ *\1 *$/gm;

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
export const codeOf = ({ text }: Page): readonly string[] => [
  ...[...text.matchAll(FENCED)].flatMap(([, , block = '']) => block.split('\n')),
  ...[...text.replace(FENCED, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
];
