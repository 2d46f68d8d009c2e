/** @file More than 100,000 numbers of each type of blocks as libggml-base widens them, from numbers that it made blocks of and from drawn bytes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnyBlockType, allBlockTypes, drawnBlocks } from "@deepgrain/vitest/drawn-blocks";
import { type LlamaCpp, llamaCppBinary, openLlamaCpp } from "@deepgrain/vitest/llama-cpp";
import { f32Bytes, writeGguf } from "@deepgrain/vitest/write-gguf";
import { afterAll, describe, expect, it } from "vitest";
import { openGguf } from "../../src";

const folder = mkdtempSync(join(tmpdir(), "deepgrain-blocks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened = openLlamaCpp(folder);
const isThere = !(opened instanceof Error);
if (!isThere)
  it.skip(`SKIPPED: node-llama-cpp is not installed (${opened.message.split("\n")[0]})`, () => {});
const llamaCpp = opened as LlamaCpp;
const library = `node_modules/${llamaCppBinary}/bins/linux-${process.arch}/libggml-base.so`;

const HALF = 256 * 200; // of 102,400 numbers
const names = Object.keys(allBlockTypes) as AnyBlockType[];

/** A repeatable stream of numbers from 0 to 1. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Numbers like weights, each 256 of another size, from 1e-5 to 100. */
function drawnNumbers(random: () => number): Float32Array {
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-9)) * Math.cos(6.2832 * random());
  const out = new Float32Array(HALF);
  for (let from = 0; from < HALF; from += 256) {
    const size = 10 ** (7 * random() - 5);
    for (let i = from; i < from + 256; i++) out[i] = size * normal();
  }
  return out;
}

describe.skipIf(!isThere)("blocks of GGML", () => {
  it.each(names)("%s widen to its own numbers, all 102,400 to the bit", async (name) => {
    const { type } = allBlockTypes[name];
    const random = stream(type + 1);
    const path = join(folder, name);
    writeFileSync(path, f32Bytes(drawnNumbers(random)));
    const rows = { rows: HALF / 256, width: 256 };
    llamaCpp.run("quantize.mjs", { library, files: [{ path, type, ...rows }] });
    const bytes = Buffer.concat([
      readFileSync(`${path}.blocks`),
      drawnBlocks(name, HALF, { random }),
    ]);
    writeFileSync(path, bytes);
    llamaCpp.run("widen.mjs", { library, files: [{ path, name, count: 2 * HALF }] });
    const wanted = readFileSync(`${path}.numbers`);
    const shape = [(2 * HALF) / 256, 256];
    const file = await openGguf(writeGguf({}, [{ name: "w", shape, type, bytes }]));
    const { data } = await file.readFloat32("w");
    expect(data).toHaveLength(102_400);
    expect(new Set(data).size).toBeGreaterThan(1000);
    expect(Buffer.compare(Buffer.from(data.buffer), wanted)).toBe(0);
  });
});
