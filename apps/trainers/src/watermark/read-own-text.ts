import { type Watermark, WatermarkError } from "@deepgrain/watermark";
import type { PayloadFlagCodec } from "../run/payload-flag";
import { describeMisread, type PayloadReading, payloadReading } from "./payload-reading";

/** A text that was just written, as `decode` will read it. */
export interface OwnReading extends PayloadReading {
  /** Whether the payload that was embedded comes out. */
  decodes: boolean;
}

/** Reads the ids of a text that was just written. @param payload that it should carry, as the command line spells it */
export function readOwnText(
  ids: readonly number[],
  watermark: Watermark,
  codec: PayloadFlagCodec,
  payload: string,
): OwnReading {
  const sent = codec.encode(payload);
  const expected = codec.decode(sent, new Uint8Array(sent.length));
  const reading = payloadReading(watermark.decode(ids), codec);
  return { ...reading, decodes: JSON.stringify(reading.payload) === JSON.stringify(expected) };
}

/**
 * @param tokens tokens written for each text, at most `maxNewTokens`
 * @throws {WatermarkError} `ERR_DECODE` where a text does not give its payload back, with what was read and the flag to raise
 */
export function assertDecodes(
  readings: readonly OwnReading[],
  tokens: readonly number[],
  maxNewTokens: number,
): void {
  const at = readings.findIndex((reading) => !reading.decodes);
  if (at < 0) return;
  const wrong = readings.filter((reading) => !reading.decodes).length;
  const which = readings.length === 1 ? "the text" : `text ${at + 1} of ${readings.length}`;
  const others = wrong > 1 ? `, like ${wrong - 1} more,` : "";
  const advice =
    tokens[at]! < maxNewTokens
      ? `it ended after ${tokens[at]} of ${maxNewTokens} tokens: give --forbid-eos`
      : `raise --max-new-tokens above ${maxNewTokens}, or bias in the profile`;
  const { problem = "another payload was read" } = readings[at]!;
  throw new WatermarkError(
    "ERR_DECODE",
    `embed: ${which}${others} does not decode: ${problem}\n${describeMisread(readings[at]!)}\n  ${advice}`,
    { fields: { text: at, wrong, bits: readings[at]!.bits } },
  );
}
