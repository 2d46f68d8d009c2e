import {
  type DecodeOptions,
  type KeyInput,
  type Watermark,
  WatermarkError,
} from "@deepgrain/watermark";
import { z } from "zod";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { publicProfile } from "../formats/profile-file";
import { readJson } from "../formats/read-json";
import {
  type CodecFlags,
  codecFlags,
  type PayloadFlagCodec,
  payloadCodec,
} from "../run/payload-flag";
import { describeDetection } from "./detection-text";
import { bindWatermark, modelFlags, openParts, watermarkFlags } from "./open-watermark";
import {
  describeMisread,
  type PayloadReading,
  payloadReading,
  payloadText,
} from "./payload-reading";
import { detectOptions, inputOf, readFlags, textsOf } from "./read-flags";

const bitString = z.string().regex(/^[01]+$/);

const listFlags = {
  candidates: flags.file({
    help: "Only these payloads are possible: a JSON list of bit strings",
  }),
  listSize: flags.whole({
    min: 1,
    max: 4096,
    help: "MPAC and Reed-Solomon: number of payloads to list; 16 by default",
  }),
};

async function decodeOptions({
  listSize,
  candidates,
}: Values<typeof listFlags>): Promise<DecodeOptions> {
  const bits = candidates && (await readJson(candidates, z.array(bitString).min(1)));
  return {
    ...(listSize !== undefined && { listSize }),
    ...(bits && { candidates: bits.map((one) => Uint8Array.from(one, Number)) }),
  };
}

/** @throws {WatermarkError} `ERR_UNSUPPORTED` for schemes that only say "marked" */
function codecFor(
  { messageBits, profile }: Watermark,
  given: CodecFlags,
  key: KeyInput | undefined,
): PayloadFlagCodec {
  if (messageBits > 0) return payloadCodec(given, messageBits, key);
  throw new WatermarkError(
    "ERR_UNSUPPORTED",
    `decode: ${profile.scheme} has no payload; use detect`,
  );
}

export const decode = defineCommand({
  description: "Reads the payload of marked texts, with the confidence of each bit.",
  examples: [
    "watermark decode --profile mpac.json --key-file key.hex --codec integer --in marked.json",
    "watermark decode --profile ctwl.json --key-file key.hex --model DIR --proxy model --in marked.json --json",
    "watermark decode --profile ctwl.json --key-file key.hex --proxy uniform --candidates users.json --tokenizer DIR --in letter.txt",
  ],
  flags: {
    ...watermarkFlags,
    ...modelFlags,
    ...readFlags,
    ...codecFlags,
    ...listFlags,
    out: flags.outFile({ help: "File to write the result to, as JSON" }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(values, context) {
    const options = { ...detectOptions(values), ...(await decodeOptions(values)) };
    const texts = await textsOf(values);
    const parts = await openParts(values, context);
    const watermark = bindWatermark(parts, values);
    const codec = codecFor(watermark, values, parts.key);
    const results = texts.map((text) => {
      context.signal.throwIfAborted();
      return payloadReading(watermark.decode(inputOf(text, values), options), codec);
    });
    const output = { profile: publicProfile(parts.profile), results };
    if (values.out !== undefined) await values.out.saveJson(output);
    if (values.json) context.write(`${JSON.stringify(output)}\n`);
    else
      for (const result of results)
        context.write(
          `${result.problem ?? `payload ${payloadText(result)}`}\n  ${describeDetection(result)}\n`,
        );
    assertReadable(results);
  },
});

/** @throws {WatermarkError} `ERR_DECODE` where a marked text's checksum or tag does not match, with what was read */
function assertReadable(results: readonly PayloadReading[]): void {
  const at = results.findIndex(({ verdict, problem }) => verdict === "found" && problem);
  if (at < 0) return;
  const { problem } = results[at]!;
  throw new WatermarkError(
    "ERR_DECODE",
    `decode: text ${at + 1} of ${results.length} is marked, but was misread: ${problem}\n${describeMisread(results[at]!)}\n  give --candidates if the possible payloads are known; when embedding, raise --max-new-tokens or bias in the profile`,
    { fields: { text: at } },
  );
}
