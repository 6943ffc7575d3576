/** What asks a run to end: Ctrl-C, a machine that stops, a terminal that was closed or a connection that is lost. */
const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs what ends in good order when the person at the keyboard, or the machine, wants it to. */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  // Not `once`: a library that finds itself the only listener left ends the process.
  for (const name of INTERRUPTS) process.on(name, onInterrupt);
  try {
    return await run(interrupt.signal);
  } finally {
    for (const name of INTERRUPTS) process.off(name, onInterrupt);
  }
}
