import type { Cell } from "./cell";
import type { Gl } from "./gpu-js";

const framebuffers = new WeakMap<Gl, object>();

function framebufferOf(gl: Gl): object {
  const found = framebuffers.get(gl) ?? gl.createFramebuffer();
  framebuffers.set(gl, found);
  return found;
}

/** Elements `start` to `end` − 1 of a texture that holds four a texel: reads the rows in which they lie. */
export function readPixels(gl: Gl, cell: Cell, start: number, end: number): Float32Array {
  if (end <= start) return new Float32Array(0);
  const perRow = cell.width * 4;
  const first = Math.floor(start / perRow);
  const rows = Math.ceil(end / perRow) - first;
  const pixels = new Float32Array(rows * perRow);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebufferOf(gl));
  const texture = cell.array?.texture ?? null;
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  gl.readPixels(0, first, cell.width, rows, gl.RGBA, gl.FLOAT, pixels);
  // Not attached any more, so that the texture goes when it is deleted.
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, null, 0);
  return pixels.subarray(start - first * perRow, end - first * perRow);
}
