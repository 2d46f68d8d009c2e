import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readIdsFile } from "@deepgrain/command-line/files/ids-file";
import type { OutputFile } from "@deepgrain/command-line/files/output-file";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireWith } from "@deepgrain/command-line/flags/given-together";
import { loadAdapted } from "@deepgrain/command-line/trainings/load-adapted";
import { putAdapter } from "@deepgrain/esft";
import {
  type CausalLM,
  type ChatMessage,
  type Constraint,
  chatPrompt,
  generate as generateTokens,
  loadModel,
  loadTokenizer,
  type Tokenizer,
} from "@deepgrain/lm";
import type { JsonSchema } from "@deepgrain/lm/json-schema";
import type { OpenTools, ToolFormat } from "@deepgrain/lm/tools";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { z } from "zod";
import { readMessages } from "./chat-prompt";
import { type Continued, type Continuing, choosing, continuePrompt } from "./continue-prompt";
import type { generateFlags } from "./flags";
import { readToolsFile } from "./tools-file";

/** Where a result goes. */
interface Target {
  context: CommandContext;
  out: OutputFile | undefined;
}

/** The machine form: a file of ids in, the new ids out. */
async function fromIds(
  path: string,
  model: CausalLM,
  stopsAtEos: boolean,
  { sampling, maxNewTokens, signal }: Continuing,
  { context, out }: Target,
): Promise<void> {
  const { batch, length, ids, attentionMask, labels } = await readIdsFile(
    path,
    model.config.vocabSize,
  );
  if (labels) throw new UsageError("labels have no meaning for generate");
  const prompts = Array.from({ length: batch }, (_, row) =>
    ids.subarray(row * length, (row + 1) * length),
  );
  const { processors, sampler } = choosing(sampling, length);
  const events = generateTokens(model, prompts, {
    logitsProcessors: processors,
    sampler: (logits) => sampler(logits, 0),
    maxNewTokens,
    signal,
    eosTokenId: stopsAtEos ? undefined : null,
    attentionMask,
  });
  let next = await events.next();
  while (!next.done) next = await events.next();
  const text = `${JSON.stringify({ ids: next.value })}\n`;
  if (out === undefined) context.write(text);
  else await out.save(text);
}

/** The prompt: its text as it is printed, and its ids. */
interface Prompt {
  text: string;
  ids: number[];
}

/** Encodes a text with the tokenizer's start tokens. */
function textPrompt(text: string, tokenizer: Tokenizer): Prompt {
  const ids = tokenizer.encode(text);
  if (ids.at(-1) === tokenizer.eosTokenId) ids.pop(); // some tokenizers end every text
  return { text, ids };
}

/** The prompt of a conversation, of which only the answer is printed. */
function turnPrompt(
  messages: readonly ChatMessage[],
  tokenizer: Tokenizer,
  tools: OpenTools | undefined,
): Prompt {
  const own = tools ? tools.messages(messages) : messages;
  return { text: "", ids: chatPrompt(tokenizer, own, { tools: tools?.templateTools }) };
}

async function readTools(
  file: string,
  tokenizer: Tokenizer,
  toolFormat: ToolFormat | undefined,
): Promise<OpenTools> {
  const { openTools } = await import("@deepgrain/lm/tools");
  return openTools(tokenizer, { tools: await readToolsFile(file), toolFormat });
}

/** A text request: what is continued, by what, and how. */
interface Asked {
  prompt: Prompt;
  model: CausalLM;
  tokenizer: Tokenizer;
  how: Continuing;
  tools: OpenTools | undefined;
}

/** A prompt's continuation without an adapter, then with it. */
async function fromBoth(
  { prompt, model, tokenizer, how }: Asked,
  adapter: string,
  asJson: boolean,
  { context, out }: Target,
): Promise<void> {
  const continued = async () => {
    const [{ text } = { text: "" }] = await continuePrompt(model, tokenizer, prompt.ids, how);
    return text;
  };
  const without = await continued();
  await putAdapter(model, adapter, { signal: context.signal });
  const result = { prompt: prompt.text, without, with: await continued() };
  if (out !== undefined) return out.saveJson(result);
  if (asJson) return context.write(`${JSON.stringify(result)}\n`);
  const lines = [
    ["without the adapter", result.without],
    ["with the adapter", result.with],
  ].map(([name, text]) => `${`${name}:`.padEnd(21)}${prompt.text}${text!.trimEnd()}\n`);
  context.write(lines.join(""));
}

/** The calls of an answer that are whole, with arguments as JSON. */
function callsOf(tools: OpenTools, prompt: readonly number[], text: string) {
  const reader = tools.read(prompt);
  const calls: { name: string; arguments: string }[] = [];
  let open = { name: "", arguments: "" };
  for (const event of [...reader.push(text), ...reader.end()]) {
    if (event.type === "call-start") open = { name: event.name, arguments: "" };
    else if (event.type === "call-delta") open.arguments += event.text;
    else if (event.type === "call-end") calls.push(open);
  }
  return calls;
}

/** A continuation as a row of JSON. Fields that were not asked for are left out. */
function rowOf({ text, ids, stopped, scores, drafts }: Continued, sample: number, asked: Asked) {
  const { prompt, tokenizer, how, tools } = asked;
  const tokenOf = (id: number, logprob: number) => ({ token: tokenizer.decode([id]), id, logprob });
  const logprobs = scores.map(({ logProbability, top }, i) => ({
    ...tokenOf(ids[i]!, logProbability),
    top: top.map((one) => tokenOf(one.id, one.logProbability)),
  }));
  return {
    prompt: prompt.text,
    sample: how.samples > 1 ? sample : undefined,
    text,
    toolCalls: tools && callsOf(tools, prompt.ids, text),
    ids,
    stopped,
    logprobs: how.logprobs === undefined ? undefined : logprobs,
    drafts,
  };
}

/** The interactive form: a prompt in, its continuation out, token by token; several one after another. */
async function fromPrompt(asked: Asked, asJson: boolean, { context, out }: Target): Promise<void> {
  const { prompt, model, tokenizer, how } = asked;
  const isLive = !asJson && out === undefined && how.samples === 1;
  let head = prompt.text;
  const tell = (piece: string) => {
    if (isLive) context.write(head + piece); // the prompt only now: an error must not stand beside it
    head = "";
  };
  const all = await continuePrompt(model, tokenizer, prompt.ids, how, tell);
  if (isLive) return context.write("\n");
  const rows = all.map((one, sample) => rowOf(one, sample, asked));
  if (out !== undefined) return out.saveJson(rows.length === 1 ? rows[0] : rows);
  for (const row of rows)
    context.write(asJson ? `${JSON.stringify(row)}\n` : `${prompt.text}${row.text.trimEnd()}\n\n`);
}

/** Refuses flags that exclude each other. */
function checkTogether(values: Values<typeof generateFlags>): void {
  const { prompt, ids, messages, chat, system, template, adapter, both, json, out } = values;
  const { samples, logprobs, draft, stop, schema, dtype, tools, toolFormat } = values;
  const given = [prompt, ids, messages].filter((source) => source !== undefined);
  if (given.length !== 1)
    throw new UsageError(
      chat ? "give either --prompt or --messages" : "give either --prompt or --ids",
    );
  if (chat && ids !== undefined) throw new UsageError("--chat needs --prompt or --messages");
  const ofChat = [system, messages, template, tools].some((one) => one !== undefined);
  if (!chat && ofChat)
    throw new UsageError("--system, --messages, --template and --tools need --chat");
  requireWith({ toolFormat }, { tools });
  if (tools !== undefined && schema !== undefined)
    throw new UsageError("give either --tools or --schema");
  if (both && (adapter === undefined || ids !== undefined))
    throw new UsageError("--both needs --adapter, and --prompt or --messages");
  const isText = [draft, schema, logprobs].some((one) => one !== undefined) || stop.length > 0;
  if (ids !== undefined && (isText || samples > 1))
    throw new UsageError("--draft, --stop, --samples, --logprobs and --schema need --prompt");
  if (logprobs !== undefined && !json && out === undefined)
    throw new UsageError("--logprobs needs --json or --out");
  if (both && (samples > 1 || logprobs !== undefined || draft !== undefined))
    throw new UsageError("--both shows texts: leave out --samples, --logprobs and --draft");
  if (draft !== undefined && (samples > 1 || logprobs !== undefined))
    throw new UsageError("--draft writes one text: leave out --samples and --logprobs");
  if (stop.includes("")) throw new UsageError("--stop must not be empty");
  if (adapter !== undefined && dtype !== "float32" && dtype !== "auto")
    throw new UsageError("--adapter needs --dtype float32");
}

const schemaForm: z.ZodType<JsonSchema> = z.union([z.boolean(), z.record(z.string(), z.unknown())]);

async function readConstraint(file: string, tokenizer: Tokenizer): Promise<Constraint> {
  const { jsonSchema } = await import("@deepgrain/lm/json-schema");
  return jsonSchema(await readJson(file, schemaForm), tokenizer);
}

/** `generate`. */
export const generate: RunCommand<typeof generateFlags> = async (values, context) => {
  const { model: folder, prompt, ids, out, maxNewTokens, stopAtEos, json, ...rest } = values;
  const { chat, system, messages, template, tools: file, toolFormat, ...more } = rest;
  const { adapter, both, ...writing } = more;
  const { dtype: wanted, draft: drafter, schema, samples, stop, logprobs, ...sampling } = writing;
  const dtype = adapter === undefined ? wanted : "float32";
  checkTogether(values);
  const { resolve, signal } = context;
  const first = both ? undefined : adapter;
  const { model, base } = await loadAdapted(folder, { adapter: first, dtype, resolve, signal });
  const target = { context, out };
  const how: Continuing = {
    sampling,
    maxNewTokens,
    samples,
    stop,
    logprobs,
    draft: undefined,
    constraint: undefined,
    signal,
  };
  if (ids !== undefined) return fromIds(ids, model, stopAtEos, how, target);
  const text = prompt === "-" ? Buffer.from(await context.readInput()).toString() : prompt;
  const tokenizer = await loadTokenizer(base, { template });
  if (schema !== undefined) how.constraint = await readConstraint(schema, tokenizer);
  if (drafter !== undefined)
    how.draft = drafter === "ngram" ? drafter : await loadModel(drafter, { dtype, signal });
  const tools = file === undefined ? undefined : await readTools(file, tokenizer, toolFormat);
  const asked: Asked = {
    prompt: chat
      ? turnPrompt(await readMessages(text, { system, messages }), tokenizer, tools)
      : textPrompt(text!, tokenizer),
    model,
    tokenizer: tools ? { ...tokenizer, decode: tools.decoding.decode } : tokenizer,
    how,
    tools,
  };
  if (tools) how.constraint = await tools.constraint(asked.prompt.ids, signal);
  if (both) return fromBoth(asked, adapter!, json, target);
  await fromPrompt(asked, json, target);
};
