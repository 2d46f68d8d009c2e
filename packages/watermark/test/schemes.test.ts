import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, expectTypeOf, it } from "vitest";
import { chooseFromProbabilities, defineProfile, type KgwProfile, type Processor } from "../src";
import { schemeNames } from "../src/schemes";

const source = new URL("../src", import.meta.url).pathname;

describe("schemes", () => {
  it("stand in one folder each, with one line in the list of all", async () => {
    const list = await readFile(join(source, "schemes/kinds.ts"), "utf8");
    const folders = (await readdir(join(source, "schemes"), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && entry.name !== "shared")
      .map(({ name }) => name);
    const lines = list.split("\n").filter((line) => line.startsWith("export"));
    expect(lines.map((line) => line.split("/")[1]).sort()).toEqual(folders.sort());
    expect(schemeNames).toHaveLength(11);
  });

  it("are imported by nothing in the core", async () => {
    for (const name of await readdir(join(source, "core"))) {
      const text = await readFile(join(source, "core", name), "utf8");
      expect(text, name).not.toMatch(/from "\.\.\/(schemes|watermark|profile)/);
    }
  });

  it("are named nowhere outside their folders, except where a form is theirs alone", async () => {
    const files = await readdir(source, { recursive: true });
    const named: string[] = [];
    for (const name of files.filter((file) => file.endsWith(".ts"))) {
      if (name.startsWith("schemes")) continue;
      const text = await readFile(join(source, name), "utf8");
      if (/scheme [!=]== "/.test(text)) named.push(name);
    }
    // The one static bias, Hugging Face's own two forms, SynthID's other detectors, and the message of a proxy that KGW needs at times.
    expect(named.sort()).toEqual([
      "adapters/logit-bias.ts",
      "proxy/check-proxy.ts",
      "watermark/huggingface-config.ts",
      "watermark/vectors.ts",
    ]);
  });
});

describe("defineProfile", () => {
  it("gives the profile of the scheme that it names", () => {
    const profile = defineProfile({ scheme: "kgw", vocab_size: 512 });
    expectTypeOf(profile).toEqualTypeOf<KgwProfile>();
    expect(profile).toMatchObject({ scheme: "kgw", greenlist_ratio: 0.25 });
  });

  it("compares with that scheme alone", () => {
    // @ts-expect-error the size of the vocabulary is missing
    expect(() => defineProfile({ scheme: "kgw" })).toThrow("vocab_size");
    // @ts-expect-error a field of another scheme
    expect(() => defineProfile({ scheme: "kgw", vocab_size: 9, radix: 4 })).toThrow("radix");
  });

  it("says how a field in camel case is spelled", () => {
    // @ts-expect-error it is spelled vocab_size
    expect(() => defineProfile({ scheme: "kgw", vocabSize: 512 })).toThrow(
      "unknown field vocabSize for scheme kgw; did you mean vocab_size?",
    );
    // @ts-expect-error it is spelled greenlist_ratio
    expect(() => defineProfile({ scheme: "kgw", greenlistRatio: 0.5 })).toThrow("greenlist_ratio?");
  });
});

describe("chooseFromProbabilities", () => {
  it("keeps the type of the engine's tokens", () => {
    type Token = number & { readonly brand: "token" };
    const plain = ((_: ArrayLike<number>, logits: Float32Array) => logits) as Processor;
    plain.reset = () => {};
    const chosen = chooseFromProbabilities(plain, [], new Map([[3 as Token, 1]]), 5, () => 0.5);
    expectTypeOf(chosen).toEqualTypeOf<Token>();
    expect(chosen).toBe(3);
  });
});
