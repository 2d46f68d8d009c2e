import type { WebGpuCounts } from "./counts";
import { lostDevice } from "./device-errors";
import type { DeviceState } from "./device-state";
import type { Stream } from "./stream";
import { type Device, type GpuBuffer, MAP_READ, USAGE } from "./web-gpu";

/** Copies memory of the device to this side. */
export interface Reader {
  /** Bytes as they are when the commands so far are done. Reads of one turn share a submit. */
  read(from: GpuBuffer, offset: number, bytes: number): Promise<ArrayBuffer>;
  destroy(): void;
}

/** Staging buffers of this size and above are not kept. */
const KEPT_BYTES = 16 * 2 ** 20;
const KEPT_BUFFERS = 8;
const LEAST_BYTES = 1024;

export function createReader(
  device: Device,
  state: DeviceState,
  stream: Stream,
  counts: WebGpuCounts,
): Reader {
  const idle: GpuBuffer[] = [];
  const busy = new Set<GpuBuffer>();
  let turn: Promise<void> | undefined;

  const takeStaging = (bytes: number): GpuBuffer => {
    const at = idle.findIndex(({ size }) => size >= bytes);
    const kept = idle.splice(at, at < 0 ? 0 : 1)[0];
    if (kept) return kept;
    const size = Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
    counts.buffers++;
    const fits = size < KEPT_BYTES ? size : bytes;
    return device.createBuffer({ size: fits, usage: USAGE.mapRead | USAGE.copyTarget });
  };
  const giveBack = (staging: GpuBuffer) => {
    const isKept =
      state.isUsable &&
      staging.size < KEPT_BYTES &&
      busy.delete(staging) &&
      idle.length < KEPT_BUFFERS;
    busy.delete(staging);
    if (isKept) idle.push(staging);
    else staging.destroy();
  };
  /** Submits at the end of this turn of the event loop. */
  const endOfTurn = (): Promise<void> => {
    turn ??= Promise.resolve().then(() => {
      turn = undefined;
      stream.submit();
    });
    return turn;
  };
  return {
    async read(from, offset, bytes) {
      state.assertUsable();
      const staging = takeStaging(bytes);
      busy.add(staging);
      try {
        stream.copy(from, offset, staging, 0, bytes);
        await endOfTurn();
        const mapped = staging.mapAsync(MAP_READ, 0, bytes);
        mapped.catch(() => {}); // Where the loss of the device is heard of first.
        await Promise.race([mapped, state.failed]);
        state.assertUsable();
        const copy = staging.getMappedRange(0, bytes).slice(0);
        staging.unmap();
        return copy;
      } catch (error) {
        state.assertUsable(); // Throws what is behind a failed mapping, where it is known.
        throw lostDevice({ message: error instanceof Error ? error.message : String(error) });
      } finally {
        giveBack(staging);
      }
    },
    destroy() {
      for (const buffer of [...idle.splice(0), ...busy]) buffer.destroy();
      busy.clear();
    },
  };
}
