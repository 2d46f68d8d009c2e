/** @file Archives of arrays, as NumPy writes them: stored or deflated, with checksums that match whatever the arrays hold. */
import { crc32, deflateRawSync } from "node:zlib";
import { encodeNpzGraph } from "@deepgrain/datasets";
import fc from "fast-check";
import { encodeArray, zipArchive } from "../inside";
import { damaged } from "../mutations";
import { count } from "./json-values";

/** A chain of n nodes as an archive, with further arrays of its nodes. */
export function graphArchive(n: number, isWhole: boolean, further = 0): Uint8Array {
  const graph = {
    nodes: n,
    labels: Int32Array.from(count(n), (i) => (i % 3) - 1),
    source: Int32Array.from(count(n)),
    target: Int32Array.from(count(n), (i) => (i + 1) % n),
  };
  const features = { rows: n, cols: 2, data: new Float32Array(2 * n) };
  const [train, rest] = [Int32Array.of(0), new Int32Array(0)];
  const split = { train, validation: rest, test: rest };
  const weights = new Float64Array(n);
  const nodeValues = Object.fromEntries(count(further).map((i) => [`v${i}`, new Float32Array(n)]));
  return encodeNpzGraph(isWhole ? { ...graph, features, split, weights } : graph, { nodeValues });
}

interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Such an archive with its files deflated. */
export function deflatedArchive(files: readonly NamedFile[]): Uint8Array {
  const archive = zipArchive(
    files.map(({ name, bytes }) => ({ name, bytes: deflateRawSync(bytes) })),
  );
  const view = new DataView(archive.buffer);
  let at = view.getUint32(archive.length - 6, true);
  for (const { bytes } of files) {
    view.setUint16(at + 10, 8, true);
    view.setUint32(at + 16, crc32(bytes), true);
    view.setUint32(at + 24, bytes.length, true);
    at += 46 + view.getUint16(at + 28, true);
  }
  return archive;
}

const array = (shape: readonly number[]) =>
  fc
    .constantFrom("<i8" as const, "<f4" as const, "<f8" as const)
    .map((type) => encodeArray(new Float64Array(shape.reduce((a, b) => a * b, 1)), type, shape));

/** Archives one of whose arrays is damaged before it is packed, so that its checksum matches. */
export const damagedArrays = fc
  .record({
    edge_index: array([2, 3]),
    y: array([3]),
    x: array([3, 2]),
    damagedArray: damaged("bytes", array([3])),
    name: fc.constantFrom("y", "x", "edge_weight", "train_mask"),
    isDeflated: fc.boolean(),
  })
  .map(({ damagedArray, name, isDeflated, ...arrays }) => {
    const all = { ...arrays, [name]: damagedArray as Uint8Array };
    const files = Object.entries(all).map(([key, bytes]) => ({ name: `${key}.npy`, bytes }));
    return isDeflated ? deflatedArchive(files) : zipArchive(files);
  });
