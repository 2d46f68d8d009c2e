import type { Reader } from "./reader";
import type { Stream } from "./stream";
import { type Device, type GpuBuffer, USAGE } from "./web-gpu";

const MOST_PASSES = 8;

/**
 * Launches what `use` launches, and waits for it.
 *
 * @param heap a buffer that is read to wait where the device has no clock
 * @returns its milliseconds by the device's clock (`timestamp-query`); undefined where that is missing or stands still
 */
export async function timePasses(
  device: Device,
  stream: Stream,
  reader: Reader,
  heap: GpuBuffer,
  use: () => void,
): Promise<number | undefined> {
  if (!device.features?.has("timestamp-query")) {
    use();
    await reader.read(heap, 0, 4);
    return undefined;
  }
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * MOST_PASSES });
  const size = 16 * MOST_PASSES;
  const readings = device.createBuffer({ size, usage: USAGE.queryResolve | USAGE.copySource });
  let count = 0;
  stream.submit();
  stream.nextPass = () => {
    if (count === 2 * MOST_PASSES) return undefined;
    count += 2;
    const places = { beginningOfPassWriteIndex: count - 2, endOfPassWriteIndex: count - 1 };
    return { timestampWrites: { querySet, ...places } };
  };
  try {
    use();
    stream.resolve(querySet, count, readings);
    const times = new BigUint64Array(await reader.read(readings, 0, 8 * count));
    return Number(times.at(-1)! - times[0]!) / 1e6 || undefined;
  } finally {
    stream.nextPass = undefined;
    querySet.destroy();
    readings.destroy();
  }
}
