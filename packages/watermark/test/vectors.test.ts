import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { vectors } from "../src/watermark/vectors";

const published = JSON.parse(
  readFileSync(new URL("./fixtures/compat-vectors.json", import.meta.url), "utf8"),
);
const key = "00112233445566778899aabbccddeeff";

describe("vectors of self-hash", () => {
  it("name the candidates that the published code biases, with a seed per candidate", () => {
    const { vocab_size, input_ids, scores, changed } = published.selfhash_process;
    const { rows } = vectors({
      profile: {
        scheme: "kgw",
        vocab_size,
        seeding_scheme: "selfhash",
        context_width: 4,
        compat: "huggingface",
        hashing_key: 15485863,
      },
      ids: [input_ids],
      logits: [scores],
    });
    const { candidates, greenList } = rows[0]!.next as {
      candidates: { seed: string }[];
      greenList: number[];
    };
    expect([...greenList].sort((a, b) => a - b)).toEqual(changed);
    expect(candidates).toHaveLength(40);
    expect(candidates.every(({ seed }) => /^\d+$/.test(seed))).toBe(true);
  });

  it("give digit and colour per candidate for MPAC, every token being one without logits", () => {
    const profile = {
      scheme: "mpac",
      vocab_size: 16,
      message_bits: 4,
      seeding_scheme: "selfhash",
    } as const;
    const ids = [1, 2, 3, 4, 5, 6];
    const payload = [1, 0, 1, 1];
    const { rows } = vectors({
      profile,
      key,
      ids: [ids],
      payload,
      logits: [new Array(16).fill(0)],
    });
    const before = vectors({ profile, key, ids: [ids], payload }).rows[0]!.next as {
      candidates: { token: number; digit: number; colour: number }[];
    };
    const raised = before.candidates
      .filter(({ digit, colour }) => colour === payload[2 * digit]! * 2 + payload[2 * digit + 1]!)
      .map(({ token }) => token);
    const processed = rows[0]!.processed!;
    expect(processed.flatMap((x, token) => (x! > 0 ? [token] : []))).toEqual(
      raised.sort((a, b) => a - b),
    );
  });
});

describe("vectors of detectors", () => {
  const ids = [1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 1, 2, 3];

  it("show the mask and what counting every repeat gives", () => {
    const { rows } = vectors({ profile: { scheme: "kgw", vocab_size: 16 }, key, ids: [ids] });
    const { mask, detection, detectors } = rows[0]!;
    expect(mask.positions).toHaveLength(12);
    expect(mask.isMasked.filter((x) => !x)).toHaveLength(detection.scored);
    expect(detectors.withRepeats.scored).toBe(12);
    expect(detectors.mean).toBeUndefined();
  });

  it("show both scores of SynthID-Text and a Bayesian posterior", () => {
    const bayesian = {
      depth: 2,
      prior: 0.5,
      beta: [0, 0],
      delta: [
        [0, 0],
        [0, 0],
      ],
    };
    const profile = {
      scheme: "synthid",
      vocab_size: 16,
      keys: [3, 4] as number[],
      ngram_len: 3,
      compat: "huggingface",
      context_history_size: 2,
    } as const;
    const { rows } = vectors({ profile, ids: [ids], bayesian });
    const { mask, detectors, detection } = rows[0]!;
    // Contexts: 12 23 31 12 23 31 12 23 34 41 12: only the last lies further back than two positions, so all count.
    expect(mask.isMasked).toEqual(new Array(11).fill(0));
    expect(detectors.mean!.scored).toBe(11);
    expect(detectors.weightedMean).toEqual(detection);
    expect(detectors.bayesianPosterior).toBeGreaterThan(0);
    expect(detectors.bayesianPosterior).toBeLessThan(1);
  });
});
