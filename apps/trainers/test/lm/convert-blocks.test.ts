/** @file GGUF files of blocks that no type in memory holds. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CausalLM, parseConfig, saveGguf, trainTokenizer } from "@deepgrain/lm";
import { Generator, openGguf } from "@deepgrain/tensor-gpu";
import {
  type AnyBlockType,
  allBlockTypes,
  drawnBlocks,
  roundedTypes,
} from "@deepgrain/vitest/drawn-blocks";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { f32Bytes, type GgufToWrite, writeGguf } from "@deepgrain/vitest/write-gguf";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "../call";

const kinds = Object.keys(roundedTypes) as AnyBlockType[];

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "blocks-"));
  const sizes = { vocab_size: 259, hidden_size: 256, intermediate_size: 256 };
  const config = parseConfig(tinyConfig("llama", sizes));
  const model = new CausalLM(config, { generator: new Generator(1) });
  const tokenizer = await trainTokenizer(["one two"], { vocabSize: 259 });
  await saveGguf(join(cwd, "whole.gguf"), model, tokenizer);
  model.dispose();
});

afterAll(() => rm(cwd, { recursive: true }));

/** A model whose matrices are drawn blocks of several types in turn. */
async function writeBlocks(types: readonly AnyBlockType[]): Promise<string> {
  const source = await openGguf(join(cwd, "whole.gguf"));
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const tensors: GgufToWrite[] = [];
  for (const [i, name] of source.names.entries()) {
    const { shape, data } = await source.readFloat32(name);
    const type = types[i % types.length]!;
    if (shape.length < 2) tensors.push({ name, shape, type: 0, bytes: f32Bytes(data) });
    else {
      const bytes = drawnBlocks(type, data.length, { random });
      tensors.push({ name, shape, type: allBlockTypes[type].type, bytes });
    }
  }
  const typed = [...source.values].map(([key, value]) => [
    key,
    /freq_base|epsilon/.test(key) ? { float32: value } : value,
  ]);
  await source.close();
  const path = join(cwd, "blocks.gguf");
  await writeFile(path, writeGguf(Object.fromEntries(typed), tensors));
  return path;
}

/** Its tensors: their types, shapes and bytes as text, in which a difference is printed at once. */
async function tensorsOf(path: string) {
  const file = await openGguf(path);
  const tensors = new Map<string, string>();
  for (const name of file.names) {
    const { dtype, shape, bytes } = await file.readRaw(name);
    tensors.set(name, `${dtype} [${shape}] ${createHash("sha256").update(bytes).digest("hex")}`);
  }
  const fileType = file.values.get("general.file_type");
  await file.close();
  return { tensors, fileType };
}

it("converts a GGUF file of any blocks with its own, bit for bit", async () => {
  const path = await writeBlocks([...kinds, "Q4_K"]);
  const out = join(cwd, "out");
  const args = ["convert", path, "--to", "gguf", "--dtype", "auto", "--out", out];
  const { code, err } = await call(args, { cwd });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const wanted = await tensorsOf(path);
  for (const kind of kinds) expect([...wanted.tensors.values()].join("\n")).toContain(kind);
  expect(await tensorsOf(join(out, "model.gguf"))).toEqual(wanted);
});

it("generates from such a file and says once what is held as int8, unless another type is asked for", async () => {
  const path = await writeBlocks(["Q2_K", "IQ4_NL", "Q4_K"]);
  const given = ["--prompt", "one", "--temperature", "0", "--max-new-tokens", "2"];
  const args = ["generate", "--model", path, ...given];
  const said = `${path}: blocks of IQ4_NL, Q2_K are held as int8 in memory\n`;
  expect(await call(args, { cwd })).toMatchObject({ code: 0, err: said });
  const wide = await call([...args, "--dtype", "float32"], { cwd });
  expect(wide).toMatchObject({ code: 0, err: "" });
});
