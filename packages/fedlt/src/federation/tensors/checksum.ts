import { mapOf } from "../../errors";
import type { ReadonlyTensors } from "./named-tensors";

/** FNV-1a over bytes, 32 bits, as 8 hexadecimal digits: detects accidental damage, not attacks. */
export function checksum(...parts: readonly Uint8Array[]): string {
  let value = 0x811c9dc5;
  for (const bytes of parts)
    for (let i = 0; i < bytes.length; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  return (value >>> 0).toString(16).padStart(8, "0");
}

/** The checksum of all elements' bits, in the order of names; four bytes at a time. */
export function tensorChecksum(tensors: ReadonlyTensors): string {
  mapOf("tensorChecksum", "tensors", tensors);
  let value = 0x811c9dc5;
  for (const { data } of tensors.values()) {
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
    for (let i = 0; i < words.length; i++) value = Math.imul(value ^ words[i]!, 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, "0");
}
