import type { Decoding } from "../core/results";
import { having, WatermarkError } from "../errors";
import type { SpelledCodec } from "./spelled-codec";

/**
 * A decoding as it is written to files: bits as digits, and the payload, null where it was not read because of `problem`.
 * @param codec from `spelledCodec`
 */
export function payloadReading(decoding: Decoding, codec: SpelledCodec) {
  having("payloadReading", "decoding", decoding, "bits", "bitConfidence");
  const { bits, bitConfidence, erasedBits, candidates, ...rest } = decoding;
  const isFound = decoding.verdict === "found";
  let payload: unknown = null;
  let problem: string | undefined = isFound ? undefined : "the text is not marked";
  try {
    if (isFound) payload = codec.decode(bits, erasedBits);
  } catch (error) {
    if (!WatermarkError.isInstance(error) || error.code !== "ERR_DECODE") throw error;
    problem = error.message;
  }
  return {
    payload,
    problem,
    bits: bits.join(""),
    bitConfidence: Array.from(bitConfidence),
    erasedBits: erasedBits.join(""),
    candidates: candidates.map((entry) => ({ bits: entry.bits.join(""), score: entry.score })),
    ...rest,
  };
}

/** A decoding for files; see `payloadReading`. */
export type PayloadReading = ReturnType<typeof payloadReading>;

/** Payloads listed where the best one is wrong. */
const LISTED = 4;

/** Describes a text whose payload was read wrongly, for people: bits, how sure each is, and what else they may be. */
export function describeMisread(reading: PayloadReading): string {
  having("describeMisread", "reading", reading, "symbols", "verdict");
  const { bits, bitConfidence, erasedBits, candidates } = reading;
  const digits = bitConfidence.map((share, i) =>
    erasedBits[i] === "1" ? "?" : share.toFixed(2).replace(/^0/, ""),
  );
  const others = candidates
    .slice(0, LISTED)
    .map((entry) => `${entry.bits} (score ${entry.score.toPrecision(4)})`);
  return [
    `  bits       ${bits}`,
    `  confidence ${digits.join(" ")}`,
    `  candidates ${others.join(", ")}`,
  ].join("\n");
}
