import {
  type DecodeOptions,
  describeDetection,
  describeMisread,
  type PayloadReading,
  payloadReading,
  publicProfile,
  WatermarkError,
} from "@deepgrain/watermark";
import { fields } from "@deepgrain/watermark/fields";
import { z } from "zod";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { bindWatermark, modelFlags, openParts, watermarkFlags } from "./open-watermark";
import { codecFlags, codecOf, detectOptions, inputOf, readFlags, textsOf } from "./read-flags";

const bitString = z.string().regex(/^[01]+$/);

const listFlags = {
  candidates: flags.file({
    help: "Only these payloads are possible: a JSON list of bit strings",
  }),
  ...flagsFrom(fields.decoding),
};

async function decodeOptions({
  listSize,
  candidates,
}: Values<typeof listFlags>): Promise<DecodeOptions> {
  const bits =
    candidates === undefined ? undefined : await readJson(candidates, z.array(bitString).min(1));
  return { listSize, candidates: bits?.map((one) => Uint8Array.from(one, Number)) };
}

/** The payload as the command line spells it. */
const payloadText = ({ payload }: PayloadReading): string =>
  typeof payload === "object" && payload ? JSON.stringify(payload) : String(payload);

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
    const { messageBits, profile } = watermark;
    if (messageBits === 0)
      throw new UsageError(
        `--profile: ${profile.scheme} has no payload to decode; use \`deepgrain watermark detect\``,
      );
    const codec = codecOf(values, messageBits, parts.key);
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
