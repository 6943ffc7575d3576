type Value = string | number | Markup | readonly Markup[];

/** Text that is HTML already. */
export class Markup {
  constructor(readonly text: string) {}
}

/** HTML in which every inserted text is escaped, unless it is HTML itself. */
export const markup = (parts: TemplateStringsArray, ...values: readonly Value[]): Markup =>
  new Markup(parts.map((part, index) => part + textOf(values[index] ?? '')).join(''));

export const NOTHING = new Markup('');

function textOf(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return `${value}`.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
