/**
 * Prints the steps of the walk.
 * @module
 */

/** Runs a step and prints its title with the time that it took. */
export async function step<T>(title: string, run: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  console.log(`\n${title}  (${(performance.now() - start).toFixed(2)} ms)`);
  return result;
}

/** Runs what must be refused, and prints how. Every other error is thrown on. */
export async function refusal<Refused extends Error>(
  title: string,
  type: abstract new (...given: never[]) => Refused,
  run: () => unknown,
): Promise<void> {
  const refused = await step(`${title}: refused`, async () => {
    try {
      await run();
    } catch (error) {
      if (error instanceof type) return error;
      throw error;
    }
    throw new Error(`${title} must be refused, and was not.`);
  });
  show(undefined, {
    [refused.name]: refused.message === '' ? '(AWS gives no message here either)' : refused.message,
  });
}

/** Prints labels with their texts, under a title. */
export function show(title: string | undefined, rows: Record<string, string | number | undefined>): void {
  if (title !== undefined) console.log(title);
  for (const [label, text] of Object.entries(rows)) console.log(`  ${label.padEnd(27)}${text}`);
}

/** Cuts a long text for the screen. */
export function shorten(text: string): string {
  return text.length <= 72 ? text : `${text.slice(0, 56)}… (${text.length} characters)`;
}
