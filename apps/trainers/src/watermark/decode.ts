import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import {
  type DecodeOptions,
  describeDetection,
  describeMisread,
  type PayloadReading,
  payloadReading,
  publicProfile,
  WatermarkError,
} from "@deepgrain/watermark";
import { z } from "zod";
import type { decodeFlags, listFlags } from "./flags";
import { bindWatermark, openParts } from "./open-watermark";
import { codecOf, detectOptions, inputOf, textsOf } from "./read-options";

const bitString = z.string().regex(/^[01]+$/);

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

/** `watermark decode`. */
export const decode: RunCommand<typeof decodeFlags> = async (values, context) => {
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
};

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
