import { describe, expect, it } from "vitest";
import { bridgeProxy } from "../src/proxy/bridge-proxy";
import { trainNgram } from "../src/proxy/ngram";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, write } from "./support/language-model";

/** The model has words as tokens, the proxy their letters. */
const words = ["ab", "ac", "b", "ba", ""];
const letters = ["a", "b", "c"];
const options = {
  vocabSize: words.length,
  decode: (ids: readonly number[]) => ids.map((id) => words[id]).join(""),
  proxyEncode: (text: string) => [...text].map((letter) => letters.indexOf(letter)),
};

describe("bridgeProxy", () => {
  it("shares the probability of a first token among the tokens that begin with it", () => {
    const seen: number[][] = [];
    const next = (context: readonly number[]) => {
      seen.push([...context]);
      return Float32Array.of(0.6, 0.3, 0.1);
    };
    const bridge = bridgeProxy({ id: "letters", vocabSize: 3, next }, options);
    const shares = [...(bridge.next([0, 3]) as Float32Array)];
    expect(seen).toEqual([[0, 1, 1, 0]]); // "ab" and "ba" as letters
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    // No word begins with c, so what begins with a has 0.6 of 0.9, and each of the two half of that.
    for (const [token, share] of [1 / 3, 1 / 3, 1 / 6, 1 / 6, 0].entries())
      expect(shares[token]).toBeCloseTo(share, 5);
  });

  it("awaits an asynchronous proxy", async () => {
    const next = async () => Float32Array.of(1, 0, 0);
    const shares = await bridgeProxy({ id: "letters", vocabSize: 3, next }, options).next([]);
    expect([...shares].map((share) => share.toFixed(2))).toEqual([
      "0.50",
      "0.50",
      "0.00",
      "0.00",
      "0.00",
    ]);
  });

  it("refuses a tokenizer that does not belong to the proxy", () => {
    const wrong = { ...options, proxyEncode: () => [7] };
    const proxy = { id: "letters", vocabSize: 3, next: () => new Float32Array(3) };
    expect(() => bridgeProxy(proxy, wrong)).toThrow("token 7");
  });

  it("lets Balance-Marking write and read with a proxy of another vocabulary", () => {
    const size = 64;
    const model = markovModel(size, 4, 1.2);
    const random = makeRandom(5);
    // The proxy's tokens are pairs of the model's: token v is written as "v." and read as two digits in base 8.
    const decode = (ids: readonly number[]) => ids.map((id) => `${id >> 3}${id & 7}`).join("");
    const proxyEncode = (text: string) => [...text].map(Number);
    const plain = write(model, [1], 4000, random);
    const proxy = trainNgram([proxyEncode(decode(plain))], { vocabSize: 8, order: 4 });
    const bridge = bridgeProxy(proxy, { vocabSize: size, decode, proxyEncode });
    const sizes = { vocab_size: size, message_bits: 8, message_code_len: 8, encode_ratio: 30 };
    const profile = { scheme: "ctwl-balance", ...sizes, bias: 3 } as const;
    const watermark = createWatermark(profile, "00".repeat(15).concat("01"), { proxy: bridge });
    const payload = [1, 0, 1, 1, 0, 0, 1, 0];
    const text = write(model, [1], 250, random, watermark.createProcessor({ payload }));
    const { verdict, bits } = watermark.decode(text);
    expect([verdict, ...bits]).toEqual(["found", ...payload]);
  });
});
