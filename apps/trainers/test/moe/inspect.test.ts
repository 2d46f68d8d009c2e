import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CausalLM, parseConfig, saveModel } from "@deepgrain/lm";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";

describe("moe inspect", () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
    await writeTinyModel(join(cwd, "m"));
    await writeFile(join(cwd, "prose.txt"), "The whale is a fish. ".repeat(20));
    await writeFile(join(cwd, "code.txt"), "let x = f(y) + 1;\n".repeat(20));
    return () => rm(cwd, { recursive: true, force: true });
  });

  const inspect = (...args: string[]) => call(["moe", "inspect", "--model", "m", ...args], { cwd });
  const json = async (...args: string[]) => {
    const { code, out, err } = await inspect(...args, "--json");
    expect(code, err).toBe(0);
    return JSON.parse(out);
  };

  it("counts parameters, operations and memory without any text", async () => {
    const { model, domains } = await json();
    expect(model).toMatchObject({
      family: "deepseek",
      layers: 2,
      mixtures: 1,
      experts: 4,
      topK: 2,
      shared: 1,
    });
    expect(model.parameters.routedExperts).toBe(4 * 3 * 16 * 8);
    const { total, activated } = model.parameters;
    expect(activated).toBe(total - 2 * 3 * 16 * 8);
    expect(model.bytes.weights).toBe(4 * total);
    expect(model.flops.training).toBeCloseTo(3 * model.flops.forward, 3);
    expect(domains).toEqual([]);
  });

  it("says what a token's cache takes, and what it would take without latents", async () => {
    expect((await inspect()).out).toMatch(/\n256\sB of cache per token\n/); // 2 layers, keys and values of 16 float32
    const latent = new CausalLM(parseConfig(tinyConfig("deepseek_v2")));
    await saveModel(join(cwd, "latent"), latent);
    const { code, out, err } = await call(["moe", "inspect", "--model", "latent"], { cwd });
    expect(code, err).toBe(0);
    expect(out).toMatch(/\n96\sB of cache per token, 256\sB without latents\n/);
  });

  it("shows how texts use experts, which are dead, and what they share", async () => {
    const data = "prose.txt,listings=code.txt";
    const { domains, overlaps } = await json("--data", data, "--sequence-length", "64");
    expect(domains.map(({ name }: { name: string }) => name)).toEqual(["prose", "listings"]);
    for (const { loss, layers } of domains) {
      expect(loss).toBeGreaterThan(0);
      const { shares, dead, busiestQuarter } = layers[1];
      expect(dead).toEqual([3]);
      expect(shares[2]).toBeCloseTo(0.5, 6); // every token's second choice
      expect(shares.reduce((a: number, b: number) => a + b)).toBeCloseTo(1, 6);
      expect(busiestQuarter).toBeCloseTo(Math.max(...shares), 6);
    }
    expect(overlaps[0][0]).toBe(2);
    expect(overlaps[0][1]).toBe(overlaps[1][0]);
  });

  it("measures what is lost without some experts, and leaves the model as it was", async () => {
    const args = ["--data", "prose.txt", "--sequence-length", "64"];
    const [plain] = (await json(...args)).domains;
    const own = await json(...args, "--without", "1:0,1:1");
    expect(own.without).toEqual({ 1: [0, 1] });
    expect(own.domains[0].loss).toBe(plain.loss);
    expect(own.domains[0].layers).toEqual(plain.layers);
    expect(own.domains[0].lossWithout).not.toBe(plain.loss);
    const unused = await json(...args, "--without", "1:3");
    expect(unused.domains[0].lossWithout).toBe(plain.loss); // no token ever chose it
  });

  it("draws a routing map as a page, and prints lines", async () => {
    const args = ["--data", "prose.txt,code.txt", "--without", "1:0", "--out", "experts.html"];
    const { code, out, err } = await inspect(...args);
    expect(code, err).toBe(0);
    expect(out).toMatch(/prose: loss \d/);
    expect(out).toMatch(/layer 1: busiest .* dead 3/);
    const page = await readFile(join(cwd, "experts.html"), "utf8");
    expect(page).toContain("The experts of m");
    expect(page).toContain("Share of the choices of code by layer and expert");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it("reads the other families of mixtures", async () => {
    const config = parseConfig({
      model_type: "mixtral",
      vocab_size: 259,
      hidden_size: 16,
      intermediate_size: 8,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      num_key_value_heads: 2,
      num_local_experts: 4,
      num_experts_per_tok: 2,
      max_position_embeddings: 64,
    });
    const model = new CausalLM(config);
    await saveModel(join(cwd, "mixtral"), model);
    model.dispose();
    for (const file of ["tokenizer.json", "tokenizer_config.json"])
      await writeFile(join(cwd, "mixtral", file), await readFile(join(cwd, "m", file)));
    const args = ["moe", "inspect", "--model", "mixtral", "--data", "prose.txt", "--json"];
    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    expect(Object.keys(JSON.parse(out).domains[0].layers)).toEqual(["0", "1"]);
  });

  it("refuses dense models and experts that are not there", async () => {
    const fails = async (text: string, ...args: string[]) =>
      expect(await inspect(...args)).toMatchObject({ code: 2, err: expect.stringContaining(text) });
    await fails("--without needs --data", "--without", "1:0");
    await fails("with layers 1", "--data", "prose.txt", "--without", "0:0");
    await fails("experts are 0 to 3", "--data", "prose.txt", "--without", "1:4");
    await fails("fewer than the 2 experts", "--data", "prose.txt", "--without", "1:0,1:1,1:2");
    const dense = new CausalLM(
      parseConfig({
        model_type: "llama",
        vocab_size: 259,
        hidden_size: 16,
        intermediate_size: 8,
        num_hidden_layers: 1,
        num_attention_heads: 2,
        num_key_value_heads: 2,
      }),
    );
    await saveModel(join(cwd, "dense"), dense);
    dense.dispose();
    const { code, err } = await call(["moe", "inspect", "--model", "dense"], { cwd });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining("no layer with experts"),
    });
  });
});
