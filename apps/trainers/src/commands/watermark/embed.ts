import { createRandom } from "@deepgrain/lm";
import {
  type KeyInput,
  type Processor,
  type Watermark,
  WatermarkError,
} from "@deepgrain/watermark";
import type { CliContext } from "../../cli/context";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { UsageError } from "../../cli/usage-error";
import { saveJson } from "../../formats/save-file";
import { bindWatermark, openParts, watermarkArgs } from "./open-watermark";
import { type CodecFlags, codecArgs, payloadCodec } from "./payload-flag";
import { publicProfile } from "./profile-file";
import { type MarkedText, readPrompts } from "./text-file";
import { type Writing, writeText } from "./write-text";

const args = {
  ...watermarkArgs,
  model: {
    type: "string",
    required: true,
    valueHint: "dir",
    description: "Hugging Face folder, or one with a llama2.c model and its tok….bin",
  },
  tokenizer: { type: "string", valueHint: "dir", description: "Folder of another tokenizer" },
  payload: { type: "string", description: "What the text shall carry, for schemes with a payload" },
  ...codecArgs,
  prompt: { type: "string", valueHint: "text", description: "What to continue" },
  prompts: { type: "string", valueHint: "file", description: "One a line, or a JSON list" },
  "max-new-tokens": { type: "string", default: "200", description: "Tokens to add at most" },
  temperature: { type: "string", default: "1", description: "0 takes the likeliest token" },
  "forbid-eos": { type: "boolean", description: "Write on until --max-new-tokens" },
  "capacity-check": {
    type: "boolean",
    default: true,
    description: "Refuse a payload that so few tokens cannot carry",
    negativeDescription: "Embed it all the same",
  },
  seed: { type: "string", default: "0", description: "Same seed, same text" },
  out: {
    type: "string",
    writes: "file",
    valueHint: "file",
    description: "Where to write texts and ids as JSON",
  },
  json: { type: "boolean", description: "Texts and ids as JSON on stdout" },
} as const;

interface ProcessorFlags extends CodecFlags {
  payload?: string | undefined;
  "capacity-check": boolean;
}

/** @throws {WatermarkError} `ERR_PAYLOAD`, or `ERR_CAPACITY` with the tokens that the payload needs */
function processorOf(
  watermark: Watermark,
  flags: ProcessorFlags,
  key: KeyInput | undefined,
  maxTokens: number,
): Processor {
  const { messageBits, profile } = watermark;
  if (messageBits === 0 && flags.payload !== undefined)
    throw new WatermarkError("ERR_PAYLOAD", `embed: ${profile.scheme} has no payload`);
  return watermark.createProcessor({
    ...(flags.payload !== undefined && {
      payload: payloadCodec(flags, messageBits, key).encode(flags.payload),
    }),
    ...(flags["capacity-check"] && { maxTokens }),
  });
}

function checkTemperature(scheme: string, temperature: number): void {
  if (temperature === 0 && (scheme === "synthid" || scheme === "exp"))
    throw new UsageError(`--temperature must be above 0: ${scheme} marks by how it draws`);
}

async function writeAll(
  prompts: readonly string[],
  seed: number,
  writing: Omit<Writing, "random" | "onToken">,
  { progress }: CliContext,
): Promise<MarkedText[]> {
  const task = progress.task("writing");
  const all = prompts.length * writing.maxNewTokens;
  const texts: MarkedText[] = [];
  for (const [row, prompt] of prompts.entries()) {
    let tokens = row * writing.maxNewTokens;
    const random = createRandom([seed, row]).next;
    const onToken = () => task.update(++tokens / all, `text ${row + 1} of ${prompts.length}`);
    texts.push(await writeText(prompt, { ...writing, random, onToken }));
  }
  return texts;
}

export const embed = defineCliCommand({
  name: "embed",
  description: "Continues prompts with a marked text.",
  examples: [
    `watermark embed --model DIR --profile kgw.json --key-file key.hex --prompt "Once upon a time" --out marked.json   # kgw.json: {"scheme": "kgw", "vocab_size": 512}`,
    "watermark embed --model DIR --profile ctwl.json --key-file key.hex --payload 10110011 --prompts prompts.txt   # openssl rand -hex 32 > key.hex",
    'watermark embed --model DIR --profile mpac.json --key-file key.hex --codec integer --payload 4711 --prompt "The whale"',
  ],
  args,
  async run(args, context) {
    if ((args.prompt === undefined) === (args.prompts === undefined))
      throw new UsageError("give either --prompt or --prompts");
    const maxNewTokens = numberFlag("max-new-tokens", args["max-new-tokens"], { min: 1 })!;
    const temperature = numberFlag("temperature", args.temperature, { max: 100, whole: false })!;
    const seed = numberFlag("seed", args.seed)!;
    const parts = await openParts(args, context);
    const { model, tokenizer, profile } = parts;
    if (!model || !tokenizer) throw new UsageError(`${args.model} has no tokenizer`);
    checkTemperature(profile.scheme, temperature);
    const processor = processorOf(bindWatermark(parts), args, parts.key, maxNewTokens);
    const prompts =
      args.prompt === undefined ? await readPrompts(context.resolve(args.prompts!)) : [args.prompt];
    const isEndless = args["forbid-eos"] === true;
    const { signal } = context;
    const writing = { model, tokenizer, processor, maxNewTokens, temperature, isEndless, signal };
    const texts = await writeAll(prompts, seed, writing, context);
    const result = { profile: publicProfile(profile), texts };
    const out = args.out === undefined ? undefined : context.resolve(args.out);
    if (out !== undefined) await saveJson(out, result);
    if (args.json) context.write(`${JSON.stringify(result)}\n`);
    else if (out !== undefined) context.write(`${out}\n`);
    else for (const { prompt, text } of texts) context.write(`${prompt}${text}\n`);
  },
});
