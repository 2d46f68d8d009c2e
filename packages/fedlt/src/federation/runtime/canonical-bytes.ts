import type { ReadonlyTensors } from "../tensors/named-tensors";
import type { FitTask } from "./task";

const encoder = new TextEncoder();

/** Entries in the order of their names. */
const sorted = <T>(entries: Iterable<readonly [string, T]>): (readonly [string, T])[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

const bytesOf = (data: Float32Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/**
 * A task as a sequence of bytes that is the same for equal tasks and differs between others: a description with every name
 * and length first, then all tensors and blobs in the order of their names.
 */
export function canonicalBytes(task: FitTask): Uint8Array[] {
  const { kind, round, clientId, seed, config, params, groups, blobs = new Map() } = task;
  const parts: Uint8Array[] = [];
  const describe = (tensors: ReadonlyTensors) =>
    sorted(tensors).map(([name, { shape, data }]) => {
      parts.push(bytesOf(data));
      return [name, shape];
    });
  const about = [
    [kind, round, clientId, seed, config],
    describe(params),
    sorted(groups).map(([name, tensors]) => [name, describe(tensors)]),
    sorted(blobs).map(([name, blob]) => {
      parts.push(blob);
      return [name, blob.length];
    }),
  ];
  return [encoder.encode(JSON.stringify(about)), ...parts];
}
