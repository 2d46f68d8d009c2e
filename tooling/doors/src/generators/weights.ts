/** @file Files of weights. */
import { encodeSafetensors } from "@deepgrain/fedlt";
import {
  openCheckpoint,
  openGguf,
  openSafetensors,
  readLlama2c,
  readLlama2cTokenizer,
} from "@deepgrain/tensor-gpu";
import { writeGguf } from "@deepgrain/vitest/write-gguf";
import fc from "fast-check";
import type { Generator } from "../generator";
import { count, word } from "./json-values";

const shape = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
const tensor = shape.map((sides) => ({
  shape: sides,
  data: new Float32Array(sides.reduce((product, side) => product * side, 1)),
}));

/** Files of safetensors. */
export const safetensorsFile: fc.Arbitrary<Uint8Array> = fc
  .record({
    names: fc.uniqueArray(word, { maxLength: 4 }),
    tensors: fc.array(tensor, { minLength: 4 }),
  })
  .map(({ names, tensors }) =>
    encodeSafetensors({ tensors: new Map(names.map((name, i) => [name, tensors[i]!])) }),
  );

/** n scalars, in rising or falling order of their names. */
export const manyTensors = (n: number, name: (i: number) => string): Uint8Array =>
  encodeSafetensors({
    tensors: new Map(count(n).map((i) => [name(i), { shape: [1], data: Float32Array.of(i) }])),
  });

/** The same file, its header written in reverse. */
export function headerReversed(file: Uint8Array): Uint8Array {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as object;
  const text = JSON.stringify(Object.fromEntries(Object.entries(header).reverse()));
  const turned = file.slice();
  turned.set(new TextEncoder().encode(text.padEnd(length)), 8);
  return turned;
}

const closed = async (opening: Promise<{ close(): Promise<void> }>) => (await opening).close();

const gguf = (
  values: Record<string, string | number | readonly string[]>,
  names: readonly string[],
) =>
  writeGguf(
    values,
    names.map((name) => ({ name, shape: [1], type: 0, bytes: new Uint8Array(4) })),
  );

const int32 = (...numbers: number[]) => new Uint8Array(Int32Array.from(numbers).buffer);

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => [...part]));

const piece = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  return joined([new Uint8Array(Float32Array.of(-1).buffer), int32(bytes.length), bytes]);
};

/** A llama of zeros: width 2, one head, two words, four positions. */
function llama2c(layers: number): Uint8Array {
  const [dim, hidden, words, positions] = [2, 2, 2, 4];
  const layer = 2 * dim + 4 * dim * dim + 3 * dim * hidden;
  const numbers = words * dim + layers * layer + dim + positions * dim;
  return joined([int32(dim, hidden, layers, 1, 1, words, positions), new Uint8Array(4 * numbers)]);
}

const indexOf = (entries: readonly (readonly [string, string])[]) => ({
  metadata: { total_size: 0 },
  weight_map: Object.fromEntries(entries),
});

/** A folder with an index, and one shard that has as many tensors as the index names. */
async function openIndexed(index: unknown) {
  const named = Object.keys((index as { weight_map?: object } | null)?.weight_map ?? {}).length;
  const sources = {
    "model.safetensors.index.json": new TextEncoder().encode(JSON.stringify(index)),
    "model-1.safetensors": manyTensors(named, (i) => `t${i}`),
  };
  await closed(openCheckpoint(sources));
}

export const weightGenerators: readonly Generator[] = [
  {
    door: "openSafetensors",
    form: "bytes",
    valid: safetensorsFile,
    read: (bytes: Uint8Array) => closed(openSafetensors(bytes)),
    orders: {
      rising: (n) => manyTensors(n, (i) => `layer.${i}.weight`),
      falling: (n) => headerReversed(manyTensors(n, (i) => `layer.${i}.weight`)),
    },
  },
  {
    door: "openCheckpoint",
    form: "json",
    valid: fc
      .integer({ min: 1, max: 5 })
      .map((n) => indexOf(count(n).map((i) => [`t${i}`, "model-1.safetensors"]))),
    read: openIndexed,
    orders: {
      "one shard": (n) => indexOf(count(n).map((i) => [`t${i}`, "model-1.safetensors"])),
      "shards of their own": (n) =>
        indexOf(count(n).map((i) => [`t${i}`, `model-${i}.safetensors`])),
    },
  },
  {
    door: "openGguf",
    form: "bytes",
    valid: fc
      .record({
        values: fc.dictionary(word, fc.oneof(word, fc.integer({ min: 0, max: 9 }))),
        names: fc.uniqueArray(word, { maxLength: 3 }),
      })
      .map(({ values, names }) => gguf(values, names)),
    read: (bytes: Uint8Array, budget) => closed(openGguf(bytes, { budget })),
    orders: {
      tensors: (n) =>
        gguf(
          {},
          count(n).map((i) => `blk.${i}.weight`),
        ),
      keys: (n) => gguf(Object.fromEntries(count(n).map((i) => [`key.${i}`, i])), []),
      "a list": (n) => gguf({ tokens: count(n).map((i) => `t${i}`) }, []),
    },
  },
  {
    door: "readLlama2c",
    form: "bytes",
    valid: fc.integer({ min: 1, max: 3 }).map(llama2c),
    read: (bytes: Uint8Array) => readLlama2c(bytes),
    orders: { layers: llama2c },
    from: 16,
  },
  {
    door: "readLlama2cTokenizer",
    form: "bytes",
    valid: fc.array(word).map((pieces) => joined([int32(32), ...pieces.map(piece)])),
    read: (bytes: Uint8Array) => readLlama2cTokenizer(bytes),
    orders: { pieces: (n) => joined([int32(8), ...count(n).map((i) => piece(`p${i}`))]) },
  },
];
