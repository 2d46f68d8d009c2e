import { outOfMemory } from "../backend/out-of-memory";
import type { TensorError } from "../errors";
import type { TexturePool } from "./texture-pool";

/** The error of a device without memory for `bytes` more, with its textures and all live tensors by operation. */
export function noRoom(
  { usage: { textures, bytes: live } }: Pick<TexturePool, "usage">,
  bytes: number,
  why: string,
  fields: Readonly<Record<string, number>> = {},
): TensorError {
  const details = `${why}; ${textures} textures of ${live} bytes are live`;
  return outOfMemory("tensor-gpu/gpu", bytes, details, { textures, live, ...fields });
}
