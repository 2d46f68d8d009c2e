/** @file `serve` answers with vectors of a decoder whose folder says how they are made. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { embedTexts, loadModel, loadTokenizer } from "@deepgrain/lm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { type ServeProcess, startServe } from "../support/serve-process";
import { saveTinyChatModel } from "../support/tiny-chat-model";

/** Makes a folder one of sentence-transformers: the mean of a text's tokens, scaled. */
async function makeEmbedder(folder: string): Promise<void> {
  const types = ["Transformer", "1_Pooling/Pooling", "2_Normalize/Normalize"];
  const modules = types.map((type, idx) => ({
    idx,
    name: `${idx}`,
    path: type.includes("/") ? dirname(type) : "",
    type: `sentence_transformers.models.${type.split("/").at(-1)}`,
  }));
  await writeFile(join(folder, "modules.json"), JSON.stringify(modules));
  await mkdir(join(folder, "1_Pooling"));
  const pooling = { pooling_mode_mean_tokens: true };
  await writeFile(join(folder, "1_Pooling/config.json"), JSON.stringify(pooling));
}

let main: string;
let folder: string;
let server: ServeProcess;
beforeAll(async () => {
  main = await buildForTest();
  folder = await mkdtemp(join(tmpdir(), "deepgrain-serve-"));
  for (const name of ["embedder", "chat"]) await saveTinyChatModel(join(folder, name));
  await makeEmbedder(join(folder, "embedder"));
  const models = ["embedder", "chat"].flatMap((name) => ["--model", join(folder, name)]);
  server = await startServe(main, models);
});
afterAll(async () => {
  await server?.kill();
  await rm(dirname(main), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

const ask = (path: string, body: object) =>
  fetch(`${server.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

it("gives the vectors of embedTexts, and writes no text with that model", async () => {
  const input = ["hello", "a whale"];
  const response = await ask("/v1/embeddings", { model: "embedder", input });
  const { data } = (await response.json()) as { data: { embedding: number[] }[] };
  const own = join(folder, "embedder");
  const [model, tokenizer] = [await loadModel(own), await loadTokenizer(own)];
  expect(model.embedding).toEqual({ pooling: "mean", normalize: true, maxLength: null });
  for (const [i, vector] of (await embedTexts(model, tokenizer, input)).entries())
    expect(data[i]!.embedding).toBeAllclose(vector, { rtol: 0, atol: 1e-6 });
  const text = await ask("/v1/completions", { model: "embedder", prompt: "a", max_tokens: 1 });
  expect(text.status).toBe(400);
  expect((await ask("/v1/completions", { model: "chat", prompt: "a", max_tokens: 1 })).status).toBe(
    200,
  );
  expect((await ask("/v1/embeddings", { model: "chat", input })).status).toBe(400);
});
