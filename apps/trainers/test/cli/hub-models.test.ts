import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { modelName, modelNames } from "@deepgrain/command-line/flags/hub-name";
import { CausalLM, parseConfig, saveModel, saveTokenizer, trainBpe } from "@deepgrain/lm";
import { type HubServer, startHub } from "@deepgrain/vitest/hub-server";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { call } from "../call";

const commit = "0123456789abcdef0123456789abcdef01234567";

let hub: HubServer;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.close());

let cache: string;
beforeEach(async () => {
  cache = await temporaryFolder();
  const folder = await temporaryFolder();
  const sizes = { vocab_size: 259, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 };
  await saveModel(
    folder,
    new CausalLM(parseConfig({ model_type: "llama", intermediate_size: 8, ...sizes })),
  );
  await saveTokenizer(folder, { tokenizer: await trainBpe(["a b c"], { vocabSize: 259 }) });
  const files: Record<string, Uint8Array> = {};
  for (const name of await readdir(folder)) files[name] = await readFile(join(folder, name));
  hub.repositories.set("owner/tiny", { commit, files, large: ["model.safetensors"] });
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("HF_HUB_CACHE", cache);
  vi.stubEnv("HF_TOKEN", "hf_secret");
  return () => vi.unstubAllEnvs();
});

const generate = (model: string) =>
  call([
    "generate",
    "--model",
    model,
    "--prompt",
    "a b",
    "--max-new-tokens",
    "3",
    "--temperature",
    "0",
    "--json",
  ]);

it("--model hf:owner/name downloads with a line of progress, then uses the cache", async () => {
  const first = await generate("hf:owner/tiny");
  expect(first).toMatchObject({ code: 0 });
  expect(JSON.parse(first.out).ids).toHaveLength(3);
  expect(first.err).toMatch(/Downloading hf:owner\/tiny .*MB/);
  expect(first.err + first.out).not.toContain("hf_secret");
  hub.requests.length = 0;
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  const second = await generate("hf:owner/tiny@main");
  expect(second.out).toBe(first.out);
  expect(hub.requests).toEqual([]);
});

it("converts a repository to GGUF", async () => {
  const out = join(await temporaryFolder(), "gguf");
  const { code } = await call(["convert", "hf:owner/tiny", "--to", "gguf", "--out", out]);
  expect(code).toBe(0);
  expect(await readdir(out)).toContain("model.gguf");
});

it("a name that is no folder is wrong usage that says how to write a repository", async () => {
  hub.requests.length = 0;
  const { code, err } = await generate("owner/tiny");
  expect(code).toBe(2);
  expect(err).toContain("give hf:owner/tiny");
  expect(hub.requests).toEqual([]);
});

it("a repository that does not exist fails with the hub's reason", async () => {
  const { code, err } = await generate("hf:owner/none");
  expect(code).toBe(1);
  expect(err).toContain("no such repository");
});

it("tells the keys of config.json that its family does not have, once", async () => {
  const { files } = hub.repositories.get("owner/tiny")!;
  const config = JSON.parse(Buffer.from(files["config.json"] as Uint8Array).toString());
  const edited = { ...files, "config.json": JSON.stringify({ ...config, my_key: 1 }) };
  hub.repositories.set("owner/edited", { commit, files: edited });
  const { code, err } = await generate("hf:owner/edited");
  expect(code).toBe(0);
  expect(err.match(/my_key/g)).toHaveLength(1);
});

it("names a model of the cache by its repository", () => {
  expect(modelName(`/c/models--owner--a.b/snapshots/${commit}`)).toBe("owner/a.b");
  expect(modelName("/runs/base")).toBe("base");
});

it("two models of one name are told apart by their file or the folder around them", () => {
  const files = ["tiny-Q4_K_M.gguf", "tiny-Q8_0.gguf"];
  const cached = files.map((file) => `/c/models--owner--tiny/snapshots/${commit}/${file}`);
  expect(modelNames([...cached, "/runs/a/final", "/runs/b/final", "/runs/base"])).toEqual([
    "owner/tiny:tiny-Q4_K_M",
    "owner/tiny:tiny-Q8_0",
    "a/final",
    "b/final",
    "base",
  ]);
});
