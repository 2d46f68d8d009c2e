/** @file Reading numbers back from the device. */
import type { Cell } from "./cell";
import type { Gl, Gl2 } from "./gpu-js";

const framebuffers = new WeakMap<Gl, object>();

function framebufferOf(gl: Gl): object {
  const found = framebuffers.get(gl) ?? gl.createFramebuffer();
  framebuffers.set(gl, found);
  return found;
}

/** The rows of texels that contain elements `start` to `end` − 1, four elements per texel. */
function rowsOf({ width }: Cell, start: number, end: number) {
  const perRow = width * 4;
  const first = Math.floor(start / perRow);
  const rows = Math.ceil(end / perRow) - first;
  /** Copied to a separate array, without the surrounding elements. */
  const part = (pixels: Float32Array) =>
    pixels.length === end - start
      ? pixels
      : pixels.slice(start - first * perRow, end - first * perRow);
  return { first, rows, size: rows * perRow, part };
}

/** Lets `use` read with the cell's texture as the source. */
function attached(gl: Gl, cell: Cell, use: () => void): void {
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebufferOf(gl));
  const attach = (texture: object | null) =>
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  attach(cell.array?.texture ?? null);
  use();
  attach(null); // So that the texture is freed when it is deleted.
}

/** Elements `start` to `end` − 1 of a texture that holds four per texel, waiting for the device. */
export function readPixels(gl: Gl, cell: Cell, start: number, end: number): Float32Array {
  if (end <= start) return new Float32Array(0);
  const { first, rows, size, part } = rowsOf(cell, start, end);
  const pixels = new Float32Array(size);
  attached(gl, cell, () => gl.readPixels(0, first, cell.width, rows, gl.RGBA, gl.FLOAT, pixels));
  return part(pixels);
}

interface MessageRuntime {
  MessageChannel: new () => {
    port1: { onmessage: (() => void) | null; close(): void };
    port2: { postMessage(message: number): void };
  };
}

/** Resolves when the device has reached this point; polls on each turn of the event loop, without blocking it. */
function passed(gl: Gl2): Promise<void> {
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  const { MessageChannel } = globalThis as unknown as MessageRuntime;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      const isWaiting = gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED;
      if (isWaiting && !gl.isContextLost()) return port2.postMessage(0);
      port1.close();
      gl.deleteSync(fence);
      resolve();
    };
    port2.postMessage(0);
  });
}

/** The same without blocking, where the context is WebGL 2. */
export async function readLater(
  gl: Gl | Gl2,
  cell: Cell,
  start: number,
  end: number,
): Promise<Float32Array> {
  if (!("fenceSync" in gl) || end <= start) return readPixels(gl, cell, start, end);
  const { first, rows, size, part } = rowsOf(cell, start, end);
  const pixels = new Float32Array(size);
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, pixels.byteLength, gl.STREAM_READ);
  attached(gl, cell, () => gl.readPixels(0, first, cell.width, rows, gl.RGBA, gl.FLOAT, 0));
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  await passed(gl);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
  gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, pixels);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  gl.deleteBuffer(buffer);
  return part(pixels);
}

/** Elements of a WebGPU result, which gpu.js returns as rows of single numbers. */
export async function readRows(cell: Cell, start: number, end: number): Promise<Float32Array> {
  const rows = (await cell.array!.toArray()) as Float32Array[];
  const out = new Float32Array(end - start);
  for (let i = start; i < end; i++)
    out[i - start] = rows[Math.floor(i / cell.width)]![i % cell.width]!;
  return out;
}
