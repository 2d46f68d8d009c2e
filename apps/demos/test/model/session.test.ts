import { mkdtempSync, openAsBlob } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTokenizer, loadModel, readTokenizer, saveGguf } from "@deepgrain/lm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filesSource, type ShippedName, type Source, shippedSource } from "../../src/model/source";
import type { Writing } from "../../src/model/write";
import { byteTokenizer } from "../../src/models/byte-tokenizer";
import { storiesFiles, withJson } from "../slow/support/model-folders";
import { collect, modelInNode, signal } from "../slow/support/shipped";

const run: Writing = {
  turns: [{ role: "user", content: "Once upon a time" }],
  temperature: 0,
  tokens: 40,
  seed: 1,
};

/** A blob that says that it is larger than it is; only its beginning can be read. */
class Sparse extends Blob {
  constructor(
    begin: BlobPart[],
    private readonly claimed: number,
  ) {
    super(begin);
  }
  override get size() {
    return this.claimed;
  }
}

/** Weights whose embedding has more tokens, of which only the header is there. */
async function withManyTokens(weights: Blob, tokens: number): Promise<Blob> {
  const size = Number(new DataView(await weights.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
  const header: Record<string, { shape: number[]; data_offsets: [number, number] }> = JSON.parse(
    await weights.slice(8, 8 + size).text(),
  );
  const large = "model.embed_tokens.weight";
  header[large]!.shape[0] = tokens;
  let at = 0;
  const names = Object.keys(header).filter((name) => name !== large && name !== "__metadata__");
  for (const name of [...names, large]) {
    const bytes = 2 * header[name]!.shape.reduce((a, b) => a * b, 1);
    header[name]!.data_offsets = [at, at + bytes];
    at += bytes;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new BigUint64Array([BigInt(text.length)]);
  return new Sparse([length, text], 8 + text.length + at);
}

describe("the work of the page of one's own model", () => {
  it.each<ShippedName>(["stories", "mixture"])(
    "gives the files of %s, which write the same and are the same again",
    async (name) => {
      const session = modelInNode();
      const source = shippedSource(name);
      const written = await collect(session.write({ source, ...run }, signal));
      expect(written.at(-1)!.tokens).toBe(40);
      const [files] = await collect(session.files({ source }, signal));
      const again = filesSource("again", files!);
      const rewritten = await collect(session.write({ source: again, ...run }, signal));
      expect(rewritten.at(-1)!.text).toBe(written.at(-1)!.text);
      const [same] = await collect(session.files({ source: again }, signal));
      expect([...same!.keys()].sort()).toEqual([...files!.keys()].sort());
      for (const [file, content] of files!)
        expect(await same!.get(file)!.text()).toBe(await content.text());
    },
  );

  it("opens a GGUF file alone in its folder, writes the same with it, and gives the file as it is", async () => {
    const session = modelInNode();
    const files = await storiesFiles();
    const path = join(mkdtempSync(join(tmpdir(), "deepgrain-gguf-")), "model.gguf");
    await saveGguf(path, await loadModel(files), await readTokenizer(files));
    const source = filesSource("gguf", new Map([["model.gguf", await openAsBlob(path)]]));
    const textOf = async (own: Source) =>
      (await collect(session.write({ source: own, ...run }, signal))).at(-1)!.text;
    expect(await textOf(source)).toBe(await textOf(shippedSource("stories")));
    const [given] = await collect(session.files({ source }, signal));
    expect(given).toEqual(source.kind === "files" && source.files);
  });

  it("draws the same text from the same seed, another from another, within the model's positions", async () => {
    const session = modelInNode();
    const source = shippedSource("mixture");
    const drawn = async (seed: number) =>
      (
        await collect(
          session.write({ source, ...run, temperature: 0.8, tokens: 999, seed }, signal),
        )
      ).at(-1)!;
    const first = await drawn(1);
    expect(first.tokens).toBe(128 - 16);
    expect((await drawn(1)).text).toBe(first.text);
    expect((await drawn(2)).text).not.toBe(first.text);
  });

  it("names the sizes of a model that the memory does not hold, and keeps the one before", async () => {
    const session = modelInNode();
    const source = shippedSource("stories");
    await collect(session.open({ source }, signal));
    const files = await withJson(await storiesFiles(), "config.json", { vocab_size: 40_000_000 });
    files.set(
      "model.safetensors",
      await withManyTokens(files.get("model.safetensors")!, 40_000_000),
    );
    const opening = collect(session.open({ source: filesSource("huge", files) }, signal));
    await expect(opening).rejects.toMatchObject({
      code: "ERR_MEMORY",
      message: expect.stringMatching(/5\.12 GB as bfloat16.*room for 4\.\d+ GB/),
    });
    const [written] = (await collect(session.write({ source, ...run }, signal))).slice(-1);
    expect(written!.text).toContain("little girl");
  });
});

describe("the tokenizer of bytes", () => {
  it("writes each text as its bytes, and reads it back", async () => {
    const tokenizer = await createTokenizer({ tokenizer: byteTokenizer() });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const bytes = [...new TextEncoder().encode(text)];
        expect(tokenizer.encode(text)).toEqual(bytes);
        expect(tokenizer.decode(bytes)).toBe(text);
      }),
    );
  });
});
