interface Document {
  readonly write_files: readonly {
    readonly path: string;
    readonly content: string;
    readonly encoding?: string;
  }[];
  readonly runcmd: readonly (readonly string[])[];
}
/** What makes a document a cloud-config. */
export const FIRST_LINE = '#cloud-config\n';
/** User data, read. */
export const bodyOf = (document: string): Document => JSON.parse(document.slice(FIRST_LINE.length));
