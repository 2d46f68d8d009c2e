import { assertFunction } from "../errors";
import { getBackend, setCurrentBackend } from "./current";

/**
 * Runs some work and measures the peak number of bytes that the current backend allocated for it, including what is
 * still held at the end. Tensors created before do not count, and the work must not choose another backend.
 *
 * @returns what the work returns, and the bytes: of tensors and of the backend's own buffers
 */
export async function measurePeakBytes<T>(
  work: () => T | Promise<T>,
): Promise<{ result: T; peakBytes: number }> {
  assertFunction("measurePeakBytes", work);
  const backend = getBackend();
  let [live, peakBytes] = [0, 0];
  setCurrentBackend({
    ...backend,
    allocate(byteLength) {
      live += byteLength;
      peakBytes = Math.max(peakBytes, live);
      return backend.allocate(byteLength);
    },
    free(handle, byteLength) {
      live -= byteLength;
      backend.free(handle, byteLength);
    },
  });
  try {
    const result = await work();
    return { result, peakBytes };
  } finally {
    setCurrentBackend(backend);
  }
}
