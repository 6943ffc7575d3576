/** What a registry asks for, as its `WWW-Authenticate` says. */
export interface Challenge {
  /** `bearer` or `basic`; others are nothing that we can answer. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const PARAMETER = /(?:([A-Za-z][\w-]*)\s+)?([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/** Reads all challenges of a header. @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 */
export function challengesOf(header: string): Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const [, scheme, key = '', quoted, plain = ''] of header.matchAll(PARAMETER)) {
    if (scheme) found.push({ scheme: scheme.toLowerCase(), parameters: {} });
    const last = found.at(-1);
    if (last) last.parameters[key.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain;
  }
  return found;
}
