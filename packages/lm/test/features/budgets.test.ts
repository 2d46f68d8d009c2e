import { budgets } from "@deepgrain/support";
import { writeGguf } from "@deepgrain/vitest/write-gguf";
import { describe, expect, it } from "vitest";
import {
  createTokenizer,
  LmError,
  loadConfig,
  loadModel,
  loadTokenizer,
  parseConfig,
  parseEncoderConfig,
} from "../../src";

const vocab = { a: 0, b: 1, ab: 2 };
const tokenizer = {
  added_tokens: [{ id: 3, content: "</s>", special: true }],
  model: { type: "BPE", vocab, merges: ["a b"] },
};
const config = { model_type: "llama", vocab_size: 4, hidden_size: 4, num_attention_heads: 2 };
const folderOf = (files: Readonly<Record<string, object>>) =>
  new Map(Object.entries(files).map(([name, json]) => [name, new Blob([JSON.stringify(json)])]));
const folder = folderOf({ "tokenizer.json": tokenizer, "config.json": config });
const gguf = new Map([
  [
    "model.gguf",
    new Blob([writeGguf({ "general.architecture": "llama", "x.list": ["a", "b", "c"] }, [])]),
  ],
]);

type Limits = { steps?: number; bytes?: number; entries?: number };

/** Each reader by its name in errors, its limits that are too small, and the last one that suffices. */
const readers: [door: string, kind: keyof Limits, suffices: number | undefined, run: Run][] = [
  ["createTokenizer", "entries", 9, (budget) => createTokenizer({ tokenizer }, { budget })],
  ["loadTokenizer", "bytes", undefined, (budget) => loadTokenizer(folder, { budget })],
  ["createTokenizer", "entries", 9, (budget) => loadTokenizer(folder, { budget })],
  ["loadConfig", "bytes", undefined, (budget) => loadConfig(folder, { budget })],
  ["parseConfig", "entries", 5, (budget) => loadConfig(folder, { budget })],
  ["parseConfig", "entries", 5, async (budget) => parseConfig(config, { budget })],
  ["parseConfig", "bytes", 55, async (budget) => parseConfig(config, { budget })],
  ["loadModel", "bytes", undefined, (budget) => loadModel(folder, { budget })],
  ["openGguf", "entries", undefined, (budget) => loadModel(gguf, { budget })],
  ["openGguf", "bytes", undefined, (budget) => loadTokenizer(gguf, { budget })],
];
type Run = (budget: Limits | undefined) => Promise<unknown>;

const failure = (work: Promise<unknown>): Promise<LmError | undefined> =>
  work.then(
    () => undefined,
    (error) => error,
  );

describe("a reader of what a stranger wrote", () => {
  it.each(readers)("%s counts %s, and names itself once", async (door, kind, suffices, run) => {
    const limit = suffices === undefined ? 1 : suffices - 1;
    const error = await failure(run({ [kind]: limit }));
    expect(error).toMatchObject({ code: "ERR_LIMIT", fields: { door, kind, limit } });
    expect(error!.message.split(door)).toHaveLength(2);
    if (suffices !== undefined) expect(await failure(run({ [kind]: suffices }))).toBeUndefined();
    const plain = await failure(run(undefined)); // refused or not, for no limit of its own
    expect(plain?.code).not.toBe("ERR_LIMIT");
  });

  it.each(readers)("%s takes limits of %s from 1 on", async (_, kind, __, run) => {
    for (const limit of [0, -1, 1.5, Infinity])
      expect(await failure(run({ [kind]: limit }))).toMatchObject({ code: "ERR_RANGE" });
  });

  it("shares a budget with others, whose counts can be read", async () => {
    const budget = budgets(LmError)("opening", undefined, { entries: 14 });
    await createTokenizer({ tokenizer }, { budget });
    parseConfig(config, { budget });
    expect(budget.entries).toBe(14);
    await expect(createTokenizer({ tokenizer }, { budget })).rejects.toMatchObject({
      code: "ERR_LIMIT",
      fields: { door: "opening", kind: "entries", limit: 14 },
    });
  });
});

describe("a text file", () => {
  const address = "http://127.0.0.1/model";
  const endless = (pulls: { count: number }) =>
    new Response(
      new ReadableStream({
        pull(controller) {
          pulls.count++;
          controller.enqueue(new Uint8Array(65_536).fill(32));
        },
      }),
    );

  it("at an address is read as far as its budget goes, and not on", async () => {
    const pulls = { count: 0 };
    const fetch = async () => endless(pulls);
    await expect(
      loadConfig(address, { fetch, budget: { bytes: 1_000_000 } }),
    ).rejects.toMatchObject({ code: "ERR_LIMIT", fields: { door: "loadConfig", kind: "bytes" } });
    expect(pulls.count).toBeLessThan(20);
  });

  it("at an address is decoded as a whole, wherever its parts are cut", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...config, note: "é日😀" }));
    const fetch = async () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
            controller.close();
          },
        }),
      );
    expect((await loadConfig(address, { fetch })).source.note).toBe("é日😀");
  });
});

describe("a configuration", () => {
  const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  it.each([
    ["nested too deeply", { note: nested(100_000) }, "note.0"],
    ["with a big integer", { note: [1, 5n] }, "note.1: must be a JSON value, got 5n"],
    ["with a function", { note: () => 1 }, "note: must be a JSON value, got a function"],
  ])("is refused by key: %s", (_, changes, message) => {
    for (const parse of [parseConfig, parseEncoderConfig])
      expect(() => parse({ ...config, ...changes })).toThrow(
        expect.objectContaining({ code: "ERR_CONFIG", message: expect.stringContaining(message) }),
      );
  });
});

describe("a tokenizer.json", () => {
  it.each([
    ["nested too deeply", 100_000, "ERR_FORMAT", "values may be nested 256 times"],
    ["as deep as others", 40, undefined, ""],
  ])("with steps %s", async (_, levels, code, message) => {
    let normalizer: object = { type: "Lowercase" };
    for (let i = 0; i < levels; i++) normalizer = { type: "Sequence", normalizers: [normalizer] };
    const error = await failure(createTokenizer({ tokenizer: { ...tokenizer, normalizer } }));
    expect(error?.code).toBe(code);
    expect(error?.message ?? "").toContain(message);
  });

  it("with texts of more than 2 MiB around its model is refused", async () => {
    const normalizer = { type: "Prepend", prepend: "b".repeat(2 ** 21) };
    const error = await failure(createTokenizer({ tokenizer: { ...tokenizer, normalizer } }));
    expect(error).toMatchObject({
      code: "ERR_LIMIT",
      fields: { door: "createTokenizer", kind: "bytes", limit: 2 ** 21 },
    });
  });
});
