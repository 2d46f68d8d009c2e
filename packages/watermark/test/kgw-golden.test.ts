import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { compatSeeds } from "../src/schemes/kgw/compat-seeding";
import { greenLists } from "../src/schemes/kgw/green-lists";
import type { KgwProfile } from "../src/schemes/kgw/profile";
import { createWatermark } from "../src/watermark/create-watermark";
import { fromHuggingFace, toHuggingFace } from "../src/watermark/huggingface-config";

const rows = ({ shape, data }: { shape: number[]; data: (number | string)[] }) =>
  Array.from({ length: shape[0]! }, (_, row) =>
    Float32Array.from(data.slice(row * shape[1]!, (row + 1) * shape[1]!), Number),
  );

describe.skipIf(sharedIsMissing)("KGW lefthash as transformers computes it", () => {
  const golden = sharedIsMissing
    ? { cases: [] }
    : JSON.parse(readFileSync(shared("golden/watermark-kgw-lefthash.json"), "utf8"));

  for (const [index, example] of golden.cases.entries()) {
    const { vocab_size, greenlist_ratio, bias, hashing_key, seeding_scheme, context_width } =
      example;
    const config = { greenlist_ratio, bias, hashing_key, seeding_scheme, context_width };
    const profile = fromHuggingFace(config, vocab_size) as KgwProfile;

    it(`case ${index}: gives the seeds and the green lists in order`, () => {
      expect(toHuggingFace(profile)).toEqual(config);
      const lists = greenLists(profile, undefined);
      const seedOf = compatSeeds(profile);
      for (const { tokens, seed, greenlist_in_order } of example.contexts) {
        expect(seedOf(tokens, tokens.length)).toBe(BigInt(seed));
        expect([...lists.list(tokens, tokens.length)]).toEqual(greenlist_in_order);
      }
    });

    it(`case ${index}: adds the bias to the same tokens`, () => {
      const processed = rows(example.process.processed);
      rows(example.process.scores).forEach((scores, row) => {
        const before = scores.slice();
        const processor = createWatermark(profile).createProcessor();
        const after = processor(example.process.input_ids[row], scores);
        expect(after).toBe(scores);
        expect(after).toBeAllclose(processed[row]!, { rtol: 0, atol: 1e-6 });
        const changed = [...after.keys()].filter((v) => after[v] !== before[v]);
        expect(changed).toEqual(example.process.changed_ids[row]);
      });
    });

    if (example.too_short)
      it(`case ${index}: leaves scores alone when the context is too short`, () => {
        expect(example.too_short.unchanged).toBe(true);
        for (const ids of example.too_short.input_ids) {
          const scores = new Float32Array(vocab_size);
          createWatermark(profile).createProcessor()(ids, scores);
          expect(scores.every((score) => score === 0)).toBe(true);
        }
      });

    it(`case ${index}: detects with the same counts, z and normal tail`, () => {
      for (const detect of example.detect)
        detect.input_ids.forEach((ids: number[], row: number) => {
          const text = detect.bos_token_id === null ? ids : ids.slice(1);
          const watermark = createWatermark(profile);
          const all = watermark.detect(text, { ignoreRepeated: false });
          expect(all.scored).toBe(detect.num_tokens_scored[row]);
          expect(all.score).toBe(detect.num_green_tokens[row]);
          expect(all.score / all.scored).toBeCloseTo(detect.green_fraction[row], 5);
          expect([all.z]).toBeAllclose([detect.z_score[row]], { rtol: 1e-5, atol: 1e-5 });
          expect([all.normalTail]).toBeAllclose([detect.p_value_normal_tail[row]], {
            rtol: 1e-4,
            atol: 0,
          });
          expect(all.z > 3).toBe(detect.prediction_at_z_3[row]);
          if (!detect.authors_unique_bigrams) return;
          const unique = detect.authors_unique_bigrams[row];
          const once = watermark.detect(text);
          expect(once.scored).toBe(unique.num_tokens_scored);
          expect(once.score).toBe(unique.num_green_tokens);
          expect([once.z]).toBeAllclose([unique.z_score], { rtol: 1e-5, atol: 1e-5 });
        });
    });
  }
});
