/** What a command wrote that came to a good end. @throws Error with all of it where it did not */
export function done({
  status,
  output,
}: {
  readonly status: number | null;
  readonly output: string;
}): string {
  if (status !== 0) throw new Error(`exit code ${status}\n${output}`);
  return output;
}
