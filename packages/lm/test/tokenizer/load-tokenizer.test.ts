import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadTokenizer, saveTokenizer, tokenizerConfig, trainBpe } from "../../src/tokenizer";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lm-tokenizer-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("saveTokenizer and loadTokenizer", () => {
  it("give the same encodings after a round trip, and leave no other files", async () => {
    const tokenizer = await trainBpe(["one two two"], {
      vocabSize: 262,
      specialTokens: ["<s>", "</s>"],
    });
    const config = tokenizerConfig(tokenizer, {
      bosToken: "<s>",
      eosToken: "</s>",
      padToken: "</s>",
      modelMaxLength: 64,
      chatTemplate: "{{ eos_token }}",
    });
    const target = join(folder, "new", "deep");
    await saveTokenizer(target, { tokenizer, config });
    expect((await readdir(target)).sort()).toEqual(["tokenizer.json", "tokenizer_config.json"]);
    expect(JSON.parse(await readFile(join(target, "tokenizer.json"), "utf8"))).toEqual(tokenizer);
    const loaded = await loadTokenizer(target);
    expect(loaded.padTokenId).toBe(1);
    expect(loaded.encode("two")).toEqual([tokenizer.model.vocab.two]);
    expect(loaded.applyChatTemplate([])).toBe("</s>");
    await writeFile(join(target, "chat_template.jinja"), "from the file");
    expect((await loadTokenizer(`${target}/`)).applyChatTemplate([])).toBe("from the file");
  });

  it("fetch the files of an address", async () => {
    const tokenizer = await trainBpe(["a"], { vocabSize: 256 });
    const asked: string[] = [];
    const fetcher = (async (address: string) => {
      asked.push(address);
      return address.endsWith("/tokenizer.json")
        ? new Response(JSON.stringify(tokenizer))
        : new Response("", { status: 404 });
    }) as typeof fetch;
    const loaded = await loadTokenizer("https://example.org/model", { fetch: fetcher });
    expect(loaded.encode("a")).toEqual([tokenizer.model.vocab.a]);
    expect(asked).toContain("https://example.org/model/tokenizer_config.json");
    const failing = (async () => new Response("", { status: 500 })) as unknown as typeof fetch;
    await expect(loadTokenizer("https://example.org/model", { fetch: failing })).rejects.toThrow(
      /500/,
    );
  });

  it("say what is missing, malformed or unwritable", async () => {
    await expect(loadTokenizer(join(folder, "absent"))).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
    for (const content of ["{", "[]"]) {
      await writeFile(join(folder, "tokenizer.json"), content);
      await expect(loadTokenizer(folder)).rejects.toMatchObject({ code: "ERR_FORMAT" });
    }
    const tokenizer = await trainBpe(["a"], { vocabSize: 256 });
    const inFile = join(folder, "tokenizer.json");
    await expect(saveTokenizer(inFile, { tokenizer })).rejects.toMatchObject({ code: "ERR_IO" });
    expect(() => tokenizerConfig(tokenizer, { bosToken: "<s>" })).toThrow(
      expect.objectContaining({ code: "ERR_MISSING" }),
    );
  });
});

describe.skipIf(sharedIsMissing)("loadTokenizer on a GPT-2 folder", () => {
  it("reads vocabulary, roles and merges", async () => {
    const tokenizer = await loadTokenizer(shared("data/models/tiny-random-gpt2"));
    expect(tokenizer.vocabSize).toBe(1000);
    expect(tokenizer.eosTokenId).toBe(0);
    const text = "The early history of computing <|endoftext|> could not .";
    const ids = tokenizer.encode(text);
    expect(ids.length).toBeLessThan(text.length / 1.5);
    expect(ids).toContain(0);
  });
});
