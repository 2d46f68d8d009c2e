import {
  type DecodeOptions,
  type Decoding,
  type KeyInput,
  type Watermark,
  WatermarkError,
} from "@deepgrain/watermark";
import { z } from "zod";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { readJson } from "../../formats/read-json";
import { saveJson } from "../../formats/save-file";
import { describeDetection } from "./detection-text";
import { bindWatermark, modelArgs, openParts, watermarkArgs } from "./open-watermark";
import { type CodecFlags, codecArgs, type PayloadFlagCodec, payloadCodec } from "./payload-flag";
import { publicProfile } from "./profile-file";
import { detectOptions, inputOf, readArgs, textsOf } from "./read-flags";

const bitString = z.string().regex(/^[01]+$/);

/** A decoding with its payload, null where the text is not marked or the checksum or the tag says that it was misread. */
function show(decoding: Decoding, codec: PayloadFlagCodec) {
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
    ...(problem && { problem }),
    bits: bits.join(""),
    bitConfidence: Array.from(bitConfidence),
    erasedBits: erasedBits.join(""),
    candidates: candidates.map((entry) => ({ bits: entry.bits.join(""), score: entry.score })),
    ...rest,
  };
}

async function decodeOptions(
  flags: { "list-size"?: string | undefined; candidates?: string | undefined },
  resolve: (path: string) => string,
): Promise<DecodeOptions> {
  const listSize = numberFlag("list-size", flags["list-size"], { min: 1, max: 4096 });
  const path = flags.candidates;
  const bits = path && (await readJson(resolve(path), z.array(bitString).min(1)));
  return {
    ...(listSize !== undefined && { listSize }),
    ...(bits && { candidates: bits.map((one) => Uint8Array.from(one, Number)) }),
  };
}

/** @throws {WatermarkError} `ERR_UNSUPPORTED` for schemes that only say "marked" */
function codecFor(
  { messageBits, profile }: Watermark,
  flags: CodecFlags,
  key: KeyInput | undefined,
): PayloadFlagCodec {
  if (messageBits > 0) return payloadCodec(flags, messageBits, key);
  throw new WatermarkError(
    "ERR_UNSUPPORTED",
    `decode: ${profile.scheme} has no payload; use detect`,
  );
}

export const decode = defineCliCommand({
  name: "decode",
  description: "Reads the payload of marked texts, with the confidence of each bit.",
  examples: [
    "watermark decode --profile mpac.json --key-file key.hex --codec integer --in marked.json",
    "watermark decode --profile ctwl.json --key-file key.hex --model DIR --proxy model --in marked.json --json",
    "watermark decode --profile ctwl.json --key-file key.hex --proxy uniform --candidates users.json --tokenizer DIR --in letter.txt",
  ],
  args: {
    ...watermarkArgs,
    ...modelArgs,
    ...readArgs,
    ...codecArgs,
    candidates: {
      type: "string",
      valueHint: "file",
      description: "Only these payloads are possible: a JSON list of bit strings",
    },
    "list-size": {
      type: "string",
      description: "MPAC and Reed-Solomon: payloads to list. Default 16",
    },
    out: {
      type: "string",
      writes: "file",
      valueHint: "file",
      description: "Where to write the result as JSON",
    },
    json: { type: "boolean", description: "The result as JSON on stdout" },
  },
  async run(args, context) {
    const options = { ...detectOptions(args), ...(await decodeOptions(args, context.resolve)) };
    const texts = await textsOf(args, context);
    const parts = await openParts(args, context);
    const watermark = bindWatermark(parts, args);
    const codec = codecFor(watermark, args, parts.key);
    const results = texts.map((text) => {
      context.signal.throwIfAborted();
      return show(watermark.decode(inputOf(text, args), options), codec);
    });
    const output = { profile: publicProfile(parts.profile), results };
    if (args.out !== undefined) await saveJson(context.resolve(args.out), output);
    if (args.json) return context.write(`${JSON.stringify(output)}\n`);
    for (const result of results) {
      const { payload, problem } = result;
      const text = typeof payload === "object" && payload ? JSON.stringify(payload) : payload;
      context.write(`${problem ?? `payload ${text}`}\n  ${describeDetection(result)}\n`);
    }
  },
});
