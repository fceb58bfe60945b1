/**
 * What work costs, however busy the machine is.
 * @module
 */

/** Returns the milliseconds of processor time that this process takes for `work`, in all of its threads. */
export async function cpuTimeOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
