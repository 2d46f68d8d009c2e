import { beforeAll, describe, expect, it } from "vitest";
import { createTokenizer, type Tokenizer, trainBpe } from "../../../src";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await createTokenizer({ tokenizer: await trainBpe(["a"], { vocabSize: 256 }) });
  await tokenizer.encodeInTurns("a"); // what encodes is loaded
});

const large = "a".repeat(200_000);

describe("encodeInTurns", () => {
  it("encodes one large text after another, and small ones meanwhile", async () => {
    const order: string[] = [];
    const encode = (name: string, text: string) =>
      tokenizer.encodeInTurns(text).then(() => void order.push(name));
    await Promise.all([
      encode("large 1", large),
      encode("large 2", large),
      encode("small", "a".repeat(60_000)),
    ]);
    expect(order).toEqual(["small", "large 1", "large 2"]);
  });

  it("lets the next one begin when the one before is given up, or leaves the line", async () => {
    const reason = new Error("enough");
    const stops = [0, 1, 2].map(() => new AbortController());
    const waiting = stops.map(({ signal }) => tokenizer.encodeInTurns(large, { signal }));
    const settled = Promise.allSettled(waiting);
    const last = tokenizer.encodeInTurns(large);
    stops[1]!.abort(reason);
    await new Promise((resolve) => setImmediate(resolve));
    stops[0]!.abort(reason);
    stops[2]!.abort(reason);
    expect((await settled).map((one) => one.status === "rejected" && one.reason)).toEqual([
      reason,
      reason,
      reason,
    ]);
    expect(await last).toHaveLength(large.length);
  });

  it("refuses what is no text, no limit and no option", async () => {
    const wrong = tokenizer.encodeInTurns as (...given: unknown[]) => Promise<number[]>;
    for (const [code, ...given] of [
      ["ERR_ARGUMENT", 5],
      ["ERR_RANGE", "a", { maxTokens: -1 }],
      ["ERR_RANGE", "a", { maxTokens: 0.5 }],
      ["ERR_ARGUMENT", "a", { most: 1 }],
      ["ERR_ARGUMENT", "a", 5],
      ["ERR_RANGE", "a", { maxTokens: 0 }],
    ])
      await expect(wrong(...given)).rejects.toMatchObject({ code });
    expect(await tokenizer.encodeInTurns("", { maxTokens: 0 })).toEqual([]);
  });
});
