import type { CliContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireOne } from "@deepgrain/command-line/flags/given-together";
import { createRandom } from "@deepgrain/lm";
import { type MarkedText, readPrompts } from "@deepgrain/studies/balance-marking/text-file";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf } from "@deepgrain/support";
import {
  describeMisread,
  type PayloadReading,
  type Processor,
  payloadReading,
  publicProfile,
  type SpelledCodec,
  spikeMeter,
  type Watermark,
  WatermarkError,
} from "@deepgrain/watermark";
import type { embedFlags, payloadFlags } from "./flags";
import { bindWatermark, openParts } from "./open-watermark";
import { codecOf } from "./read-options";
import { type Writing, writeText } from "./write-text";

/** The flag that a refused payload is the fault of. */
const faultyFlag: Readonly<Record<string, string>> = {
  ERR_PAYLOAD: "--payload",
  ERR_CAPACITY: "--max-new-tokens",
};

/** @throws {UsageError} naming the flag, for what is wrong with the payload or the length of the texts */
function namingFlag<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const flag = WatermarkError.isInstance(error) ? faultyFlag[error.code] : undefined;
    if (flag === undefined) throw error;
    throw new UsageError(`${flag}: ${problemOf(error)}`, { cause: error });
  }
}

/** @throws {UsageError} for a payload that is missing or too much, or too few tokens for it */
function processorOf(
  watermark: Watermark,
  { payload, capacityCheck }: Pick<Values<typeof payloadFlags>, "payload" | "capacityCheck">,
  codec: SpelledCodec | undefined,
  maxTokens: number,
): Processor {
  const { messageBits, profile } = watermark;
  if (messageBits === 0 && payload !== undefined)
    throw new UsageError(`--payload: ${profile.scheme} has no payload`);
  if (messageBits > 0 && payload === undefined)
    throw new UsageError(`--payload is needed: ${profile.scheme} carries ${messageBits} bits`);
  return namingFlag(() =>
    watermark.createProcessor({
      payload: payload === undefined ? undefined : codec!.encode(payload),
      maxTokens: capacityCheck ? maxTokens : undefined,
    }),
  );
}

/** Schemes whose mark lies in how a token is drawn. */
const drawing: readonly string[] = ["dip", "exp", "exp-edit", "synthid", "unbiased"];

function checkTemperature(scheme: string, temperature: number): void {
  if (temperature === 0 && drawing.includes(scheme))
    throw new UsageError(`--temperature must be above 0: ${scheme} marks by how it draws`);
}

async function writeAll(
  prompts: readonly string[],
  seed: number,
  writing: Omit<Writing, "random" | "onToken">,
  { progress }: CliContext,
): Promise<Required<MarkedText>[]> {
  const task = progress.task("writing");
  const all = prompts.length * writing.maxNewTokens;
  const texts: Required<MarkedText>[] = [];
  for (const [row, prompt] of prompts.entries()) {
    let tokens = row * writing.maxNewTokens;
    const random = createRandom([seed, row]).next;
    const onToken = () => task.update(++tokens / all, `text ${row + 1} of ${prompts.length}`);
    texts.push(await writeText(prompt, { ...writing, random, onToken }));
  }
  return texts;
}

/** "capacity: 24 bits need 143 tokens …", with an estimate from a text that the model writes without a mark. */
async function capacityNote(
  watermark: Watermark,
  prompt: string,
  seed: number,
  writing: Omit<Writing, "random" | "onToken" | "processor">,
): Promise<string> {
  const tokens = writing.maxNewTokens;
  const count = watermark.capacity({ tokens }).tokensNeeded;
  const needed = `capacity: ${watermark.messageBits} bits need ${count} tokens where every token is free to be marked`;
  const meter = spikeMeter(watermark.profile);
  if (!meter) return needed;
  const random = createRandom([seed, 0]).next;
  await writeText(prompt, { ...writing, processor: meter.processor, random, onToken: () => {} });
  const spikeEntropy = meter.mean();
  if (spikeEntropy === undefined) return needed;
  const estimate = watermark.capacity({ tokens, spikeEntropy }).tokensNeeded;
  const text = Number.isFinite(estimate) ? `${estimate} tokens` : "no length is enough";
  return `${needed}; an estimate from one sampled text: ${text}`;
}

/** A text that was just written, as `decode` will read it. */
interface OwnReading extends PayloadReading {
  /** Whether the payload that was embedded comes out. */
  decodes: boolean;
}

/** Reads the ids of a text that was just written. @param payload that it should carry, as the command line spells it */
function readOwnText(
  ids: readonly number[],
  watermark: Watermark,
  codec: SpelledCodec,
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
function assertDecodes(
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

/** `watermark embed`. */
export const embed: RunCommand<typeof embedFlags> = async (values, context) => {
  const { prompt, maxNewTokens, temperature, seed, forbidEos: isEndless, out, json } = values;
  requireOne({ prompt, prompts: values.prompts });
  const parts = await openParts(values, context);
  const { model, tokenizer, profile } = parts;
  if (!model || !tokenizer) throw new UsageError(`${values.model} has no tokenizer`);
  checkTemperature(profile.scheme, temperature);
  const watermark = bindWatermark(parts);
  const { messageBits } = watermark;
  const codec =
    messageBits > 0 ? namingFlag(() => codecOf(values, messageBits, parts.key)) : undefined;
  const processor = processorOf(watermark, values, codec, maxNewTokens);
  const prompts = prompt === undefined ? await readPrompts(values.prompts!) : [prompt];
  const { signal } = context;
  const plain = { model, tokenizer, maxNewTokens, temperature, isEndless, signal };
  if (codec && values.capacityCheck)
    context.progress.note(await capacityNote(watermark, prompts[0]!, seed, plain));
  const texts = await writeAll(prompts, seed, { ...plain, processor }, context);
  const readings = codec
    ? texts.map(({ ids }) => readOwnText(ids, watermark, codec, values.payload!))
    : [];
  const written = texts.map((text, i) =>
    codec ? { ...text, decodes: readings[i]!.decodes } : text,
  );
  const result = { profile: publicProfile(profile), texts: written };
  if (out !== undefined) await out.saveJson(result);
  if (json) context.write(`${JSON.stringify(result)}\n`);
  else if (out !== undefined) context.write(`${out.path}\n`);
  else for (const { prompt, text } of texts) context.write(`${prompt}${text}\n`);
  const lengths = texts.map(({ ids }) => ids.length);
  assertDecodes(readings, lengths, maxNewTokens);
  if (codec) context.progress.note("decodes: yes");
};
