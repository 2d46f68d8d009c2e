// How work that a device queues is timed: each timed run ends with a read, so that all that was queued before is done.
import { cpuMilliseconds, fifth } from "../ours/decode-times.mjs";

/** An adapter that computes on the processor is timed by the processor's clock, another by the wall's. */
export const clockOn = (hardware) =>
  hardware === "software" ? cpuMilliseconds : () => performance.now();

const WARM = 2;
const MOST = 2 ** 14;

/**
 * Milliseconds of one piece of work, the 20th percentile of many runs.
 * @param queue starts one and returns its result @param read waits for a result @param drop frees a result
 */
export async function queuedTime({ queue, read, drop }, { clock, seconds, leastMs }) {
  const run = async (count) => {
    const start = clock();
    for (let i = 1; i < count; i++) drop(queue());
    const last = queue();
    await read(last);
    const ms = clock() - start;
    drop(last);
    return ms;
  };
  for (let i = 0; i < WARM; i++) await run(1);
  let count = 1;
  while (count < MOST && (await run(count)) < leastMs) count *= 2;
  const times = [];
  for (const until = clock() + 1000 * seconds; clock() < until || times.length < 3; )
    times.push((await run(count)) / count);
  return fifth(times);
}
