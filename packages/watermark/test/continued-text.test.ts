import { describe, expect, it } from "vitest";
import { forTransformers } from "../src/adapters/transformers";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, sample } from "./support/language-model";

const size = 128;
const model = markovModel(size, 2);
const key = "00112233445566778899aabbccddeeff";
const kgw = createWatermark({ scheme: "kgw", vocab_size: size, bias: 3 }, key);

describe("ids as bigints", () => {
  it("are detected and decoded like numbers, from arrays and from typed arrays", () => {
    const ids = Array.from({ length: 60 }, (_, i) => (i * 37) % size);
    const expected = kgw.detect(ids);
    expect(kgw.detect(ids.map(BigInt))).toEqual(expected);
    expect(kgw.detect(BigInt64Array.from(ids, BigInt), { promptLength: 0 })).toEqual(expected);
    const mpac = createWatermark({ scheme: "mpac", vocab_size: size, message_bits: 8 }, key);
    expect(mpac.decode(ids.map(BigInt)).bits).toEqual(mpac.decode(ids).bits);
    expect(() => kgw.detect([1n, 500n])).toThrow("id 500 at position 1");
  });
});

describe("an adapter used for several turns of a chat", () => {
  const vanilla = createWatermark(
    {
      scheme: "ctwl-vanilla",
      vocab_size: size,
      message_bits: 8,
      message_code_len: 8,
      bias: 4,
    },
    key,
  );

  it("marks the second turn, whose ids go on from the first by more than one token", () => {
    const adapter = forTransformers(vanilla, { payload: [1, 0, 1, 1, 0, 0, 1, 0] });
    const random = makeRandom(12);
    const say = (prompt: number[]) => {
      const ids = [...prompt];
      for (let step = 0; step < 150; step++) {
        const logits = { data: model(ids), dims: [1, size] };
        adapter([ids.map(BigInt)], logits);
        ids.push(sample(logits.data, random));
      }
      return ids;
    };
    const first = say([5, 6, 7]);
    const prompt = [...first, 1, 2, 3, 4];
    const second = say(prompt).slice(prompt.length);
    expect(vanilla.detect(first, { promptLength: 3 }).verdict).toBe("found");
    expect(vanilla.detect(second).verdict).toBe("found");
  });

  it("starts a new text for another prompt of the length that was to come", () => {
    const processor = vanilla.createProcessor({ payload: [1, 0, 1, 1, 0, 0, 1, 0] });
    const fresh = vanilla.createProcessor({ payload: [1, 0, 1, 1, 0, 0, 1, 0] });
    processor([5, 6, 7], model([5, 6, 7]));
    const other = [9, 6, 7, 8];
    expect(processor(other, model(other))).toEqual(fresh(other, model(other)));
  });
});
