import { getBackend, setCurrentBackend } from "./current";

/**
 * Does some work and measures the most bytes that the current backend had allocated for it at once, what the work still
 * holds in the end included. Tensors made before do not count, and the work must not choose another backend.
 *
 * @returns what the work returns, and the bytes: of tensors and of the backend's own buffers
 */
export async function measurePeakBytes<T>(
  work: () => T | Promise<T>,
): Promise<{ result: T; peakBytes: number }> {
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
