/** @file One drawn model in every form that `--model` takes. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CausalLM,
  deepseekChatTemplate,
  loadTokenizer,
  parseConfig,
  saveGguf,
  saveModel,
  saveTokenizer,
  trainBpe,
} from "@deepgrain/lm";
import { Generator, openGguf } from "@deepgrain/tensor-gpu";
import type { HubServer } from "@deepgrain/vitest/hub-server";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { f32Bytes, type writeGguf, writeGgufParts } from "@deepgrain/vitest/write-gguf";

const commit = "0123456789abcdef0123456789abcdef01234567";

/** A mixture of two layers with a tokenizer of bytes and a chat template, which llama.cpp has too. */
async function writeFolder(folder: string): Promise<CausalLM> {
  const specialTokens = ["<s>", "</s>"];
  const tokenizer = await trainBpe(["a"], { vocabSize: 258, specialTokens, minFrequency: 1 });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };
  await saveTokenizer(folder, { tokenizer, config });
  const sizes = {
    vocab_size: 258,
    hidden_size: 32,
    intermediate_size: 32,
    moe_intermediate_size: 32,
    max_position_embeddings: 128,
    norm_topk_prob: false,
    bos_token_id: 0,
    eos_token_id: 1,
  };
  const model = new CausalLM(parseConfig(tinyConfig("deepseek", sizes)), {
    generator: new Generator(1),
  });
  await saveModel(folder, model);
  return model;
}

/** The GGUF file at a path in three parts of its name beside it. */
async function split(file: string): Promise<void> {
  const source = await openGguf(file);
  const values = Object.fromEntries(
    [...source.values].map(([key, value]) =>
      /freq_base|epsilon|scale/.test(key) ? [key, { float32: value as number }] : [key, value],
    ),
  ) as Parameters<typeof writeGguf>[0];
  const tensors = source.names.map(async (name) => {
    const { shape, data } = await source.readFloat32(name);
    return { name, shape, type: 0, bytes: f32Bytes(data) };
  });
  const stem = file.replace(/\.gguf$/, "");
  const parts = writeGgufParts(stem, values, await Promise.all(tensors), 3);
  await source.close();
  for (const [path, bytes] of parts) await writeFile(path, bytes);
}

const contents = async (folder: string, names: readonly string[]) =>
  Object.fromEntries(
    await Promise.all(
      names.map(
        async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const,
      ),
    ),
  );

/**
 * Writes the model as `folder`, `tiny.gguf` and `tiny-0000N-of-00003.gguf` in a folder, and puts it on a hub as `o/tiny`, with
 * a GGUF file whose blocks are packed, as llama.cpp names one.
 */
export async function writeModelSources(cwd: string, hub: HubServer): Promise<void> {
  const folder = join(cwd, "folder");
  const model = await writeFolder(folder);
  const tokenizer = await loadTokenizer(folder);
  await saveGguf(join(cwd, "tiny.gguf"), model, tokenizer, { type: "F32" });
  await split(join(cwd, "tiny.gguf"));
  const packed = join(cwd, "packed");
  await mkdir(packed);
  for (const [name, type] of [
    ["Q4_K_M", "Q5_0"],
    ["Q8_0", "Q8_0"],
  ] as const)
    await saveGguf(join(packed, `tiny-${name}.gguf`), model, tokenizer, { type });
  model.dispose();
  const files = {
    ...(await contents(folder, await readdir(folder))),
    ...(await contents(packed, await readdir(packed))),
  };
  hub.repositories.set("o/tiny", { commit, files, large: ["tiny-Q4_K_M.gguf"] });
}
