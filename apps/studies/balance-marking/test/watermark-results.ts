import type { StudyRuns } from "@deepgrain/lab";
import type { ComparisonRow } from "@deepgrain/watermark";
import type { ComparedRow, ComparisonSettings } from "../recipe";
import { comparedSchemes } from "../variants";

const settings: ComparisonSettings = {
  model: "stories260K",
  judge: null,
  vocabSize: 512,
  texts: 20,
  tokens: 210,
  bits: 20,
  temperature: 1,
  data: {},
};

const words = "the old man at the sea was tired and his boat lay far from the shore".split(" ");

const rate = (share: number): ComparisonRow["detected"] => ({
  trials: 20,
  rate: share,
  low: Math.max(0, share - 0.2),
  high: Math.min(1, share + 0.2),
});

/** Runs of the comparison of watermarks as if they had been done, from numbers that are made up. */
export function watermarkRuns(): StudyRuns<ComparisonSettings, ComparedRow> {
  const provenance = { commit: null, versions: {}, command: "" };
  const runs = comparedSchemes(settings.vocabSize, settings).flatMap(
    ({ id, name, profile, proxy }, i) =>
      [0, 1, 2].map((seed) => ({
        variant: id,
        seed,
        seconds: 1,
        provenance,
        result: {
          name,
          profile,
          ...(proxy && { proxy }),
          payloadBits: "message_bits" in profile ? settings.bits : 0,
          codingRate: "message_bits" in profile ? settings.bits / settings.tokens : 0,
          success: [0, 0.1, 0.3, 0.5].map((substitution) => ({
            substitution,
            rate: rate(Math.max(0, 1 - substitution * (1 + (i % 3)))),
            bitAccuracy: 1 - substitution / 2,
          })),
          copyPaste: rate(0.9 - 0.05 * (i % 4)),
          detected: rate(1),
          perplexityRatio: 0.94 + 0.03 * ((i * 7 + seed) % 9),
          kl: 0.05 + 0.01 * i,
          distinct2: 0.98,
          distinct2Unmarked: 0.985,
          encodeMicros: 8 * 1.7 ** (i % 12),
          decodeMicros: 3 * 1.6 ** ((i * 5) % 12),
          sample: {
            ids: words.map((_, at) => at),
            evidence: words.map((_, at) => (at < 4 ? 0 : [1.7, -0.6, 0.4][(at * 7 + i) % 3]!)),
            pValue: 3e-9,
          },
          pieces: words.map((word) => `${word} `),
        },
      })),
  );
  return { study: "balance-marking", settings, seeds: [0, 1, 2], experiments: [], runs };
}
