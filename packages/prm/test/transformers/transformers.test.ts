import { describe, expect, it } from "vitest";
import { complete } from "../../src/completers/completer";
import { transformersCompleter } from "../../src/transformers/transformers-completer";
import { transformersScorer } from "../../src/transformers/transformers-scorer";

const codes = (text: string) => [...text].map((character) => character.charCodeAt(0));

/** Behaves as a text-generation pipeline whose model writes the alphabet from a letter that the random state picks. */
function alphabetPipeline() {
  let state = 0;
  const random = {
    seed(value: number) {
      state = value;
    },
  };
  const calls: Record<string, unknown>[] = [];
  const generator = Object.assign(
    async (
      text: string,
      options: { max_new_tokens: number; stopping_criteria: ((rows: bigint[][]) => boolean[])[] },
    ) => {
      calls.push({ text, ...options });
      const ids = codes(text).map(BigInt);
      for (let i = 0; i < options.max_new_tokens; i++) {
        ids.push(BigInt(97 + ((state + i) % 26)));
        if (options.stopping_criteria[0]!([ids])[0]) break;
      }
      return [{ generated_text: String.fromCharCode(...ids.slice(text.length).map(Number)) }];
    },
    { tokenizer: { decode: (ids: bigint[]) => String.fromCharCode(...ids.map(Number)) } },
  );
  return { generator, random, calls };
}
const prefix = { problem: "p", steps: ["s"] };

describe("the transformers.js completer", () => {
  it("seeds each completion, cuts at stop strings and tells why it ended", async () => {
    const { generator, random, calls } = alphabetPipeline();
    const completer = transformersCompleter(generator, { random, maxTokens: 5 });
    const made = await complete(completer, prefix, { seeds: [0, 3], stop: ["f"] });
    expect(made).toEqual([
      { text: "abcde", finishReason: "length", completionTokens: 5 },
      { text: "de", finishReason: "stop", completionTokens: 3 },
    ]);
    expect(calls[0]).toMatchObject({
      text: "p\ns\n",
      do_sample: true,
      temperature: 0.8,
      top_k: 0,
      return_full_text: false,
    });
  });

  it("makes one completion at a time, however many are asked for at once", async () => {
    const { generator, random } = alphabetPipeline();
    const completer = transformersCompleter(generator, { random, maxTokens: 3 });
    const both = await Promise.all(
      [1, 2].map((seed) => complete(completer, prefix, { seeds: [seed] })),
    );
    expect(both.flat().map(({ text }) => text)).toEqual(["bcd", "cde"]);
  });

  it("stops when aborted and refuses a pipeline without text", async () => {
    const { generator } = alphabetPipeline();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(
      complete(transformersCompleter(generator), prefix, { seeds: [1], signal }),
    ).rejects.toThrow("enough");
    const silent = Object.assign(async () => [], { tokenizer: generator.tokenizer });
    await expect(complete(transformersCompleter(silent), prefix, { seeds: [1] })).rejects.toThrow(
      /no text/,
    );
  });
});

describe("the transformers.js scorer", () => {
  class Tensor {
    constructor(
      readonly type: string,
      readonly data: BigInt64Array,
      readonly dims: number[],
    ) {}
  }
  const tokenizer = { encode: codes };

  it("reads class 1 at the separators of pieces that are tokenised apart", async () => {
    const seen: bigint[][] = [];
    const model = async ({ input_ids }: { input_ids: Tensor }) => {
      seen.push([...input_ids.data]);
      const data = [...input_ids.data].flatMap((id, i) => (id === 10n ? [0, i] : [9, -9]));
      return { logits: { dims: [1, input_ids.data.length, 2], data } };
    };
    const scorer = transformersScorer({ model, tokenizer }, { Tensor, bosTokenId: 1 });
    const scores = await scorer("p", ["a", "bc"]);
    expect(seen[0]).toEqual([1n, 112n, 97n, 10n, 98n, 99n, 10n]);
    expect(scores[0]).toBeCloseTo(1 / (1 + Math.exp(-3)), 12);
    expect(scores[1]).toBeCloseTo(1 / (1 + Math.exp(-6)), 12);
  });

  it("refuses logits of another shape", async () => {
    const model = async () => ({ logits: { dims: [1, 3, 5], data: [] } });
    const scorer = transformersScorer({ model, tokenizer }, { Tensor, bosTokenId: null });
    await expect(scorer("p", ["a"])).rejects.toThrow(/must be \[1, 3, 2\], got \[1, 3, 5\]/);
  });
});
