/**
 * A name as lines of at most `width` characters, broken after its own `-` and `.` where it has some; as few lines as
 * can be, and these as even as can be. Nothing is left out: the lines joined are the name.
 */
export function labelLines(name: string, width: number): string[] {
  const widest = broken(name, width);
  for (let narrower = width - 1; narrower > 0; narrower--) {
    if (broken(name, narrower).length > widest.length) return broken(name, narrower + 1);
  }
  return widest;
}

function broken(name: string, width: number): string[] {
  const pieces = name.match(/[^-.]*[-.]|[^-.]+/g) ?? [];
  const lines: string[] = [];
  for (const piece of pieces.flatMap((text) => chunks(text, width))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.length <= width) lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  }
  return lines;
}

const chunks = (text: string, width: number): string[] =>
  text.length <= width ? [text] : [text.slice(0, width), ...chunks(text.slice(width), width)];
