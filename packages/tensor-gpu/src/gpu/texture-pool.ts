import type { DeviceArray, Gl } from "./gpu-js";

/** Maximum bytes of textures kept for reuse. */
const IDLE_BYTES = 256 * 2 ** 20;

/** Counts of what is on the device. */
export interface DeviceUsage {
  /** Textures (buffers under WebGPU) that hold numbers. */
  textures: number;
  bytes: number;
  /** Textures that are kept for reuse. */
  idleTextures: number;
  idleBytes: number;
}

export interface TexturePool {
  readonly usage: DeviceUsage;
  /** An idle texture of this size, or undefined. */
  take(width: number, height: number): DeviceArray | undefined;
  /** Records that an array of this size is in use. */
  count(width: number, height: number): void;
  /** Returns an array, to be reused, or deleted where too many are idle. */
  give(array: DeviceArray, width: number, height: number): void;
  /** Deletes all idle textures. */
  clear(): void;
}

export const bytesOf = (width: number, height: number, components: number) =>
  width * height * components * 4;

/**
 * Reuses textures by their size, since creating one costs more than most kernels. Without WebGL it only counts, since
 * WebGPU results cannot be overwritten.
 */
export function createTexturePool(
  gl: Pick<Gl, "deleteTexture"> | undefined,
  idleLimit = IDLE_BYTES,
): TexturePool {
  const components = gl ? 4 : 1;
  const usage: DeviceUsage = { textures: 0, bytes: 0, idleTextures: 0, idleBytes: 0 };
  const idle = new Map<string, DeviceArray[]>();
  const remove = (array: DeviceArray) => {
    if (gl && array.texture) gl.deleteTexture(array.texture);
    else array.delete();
  };
  return {
    usage,
    take(width, height) {
      const found = idle.get(`${width}x${height}`)?.pop();
      if (found) {
        usage.idleTextures--;
        usage.idleBytes -= bytesOf(width, height, components);
      }
      return found;
    },
    count(width, height) {
      usage.textures++;
      usage.bytes += bytesOf(width, height, components);
    },
    give(array, width, height) {
      const bytes = bytesOf(width, height, components);
      usage.textures--;
      usage.bytes -= bytes;
      if (!gl || usage.idleBytes + bytes > idleLimit) return remove(array);
      const key = `${width}x${height}`;
      const waiting = idle.get(key) ?? [];
      idle.set(key, waiting);
      waiting.push(array);
      usage.idleTextures++;
      usage.idleBytes += bytes;
    },
    clear() {
      for (const arrays of idle.values()) for (const array of arrays) remove(array);
      idle.clear();
      usage.idleTextures = 0;
      usage.idleBytes = 0;
    },
  };
}
