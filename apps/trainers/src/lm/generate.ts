import { putAdapter } from "@deepgrain/esft";
import {
  type CausalLM,
  chatPrompt,
  createProcessors,
  createRandom,
  type GenerateOptions,
  generate as generateTokens,
  greedy,
  loadTokenizer,
  multinomial,
  type Tokenizer,
  textStream,
} from "@deepgrain/lm";
import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
import type { OutputFile } from "../cli/output-file";
import { UsageError } from "../cli/usage-error";
import { readIdsFile } from "../formats/ids-file";
import { loadAdapted } from "../run/load-adapted";
import { readMessages } from "./chat-prompt";
import type { generateFlags, samplingFlags } from "./flags";

type Sampling = Values<typeof samplingFlags>;

/**
 * How tokens are chosen: the most likely one with `--greedy`, else sampled after the processors that the flags select.
 */
function choiceOptions(sampling: Sampling, promptLength: number): GenerateOptions {
  const { greedy: isGreedy, seed, ...values } = sampling;
  const given = Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined));
  const random = createRandom(seed).next;
  return {
    logitsProcessors: createProcessors({ ...given, doSample: !isGreedy }, { promptLength }),
    sampler: isGreedy ? greedy : (logits) => multinomial(logits, random),
  };
}

async function drain(
  model: CausalLM,
  prompts: readonly ArrayLike<number>[],
  options: GenerateOptions,
  onToken: (ids: readonly (number | null)[]) => void = () => {},
): Promise<number[][]> {
  const events = generateTokens(model, prompts, options);
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
    onToken(value.ids);
  }
}

interface Request {
  model: CausalLM;
  sampling: Sampling;
  maxNewTokens: number;
  context: CommandContext;
  out: OutputFile | undefined;
  /** Applies an adapter to the model, if the text is requested without and with it. */
  putIn: (() => Promise<unknown>) | undefined;
}

/** The machine form: a file of ids in, the new ids out. */
async function fromIds(path: string, stopsAtEos: boolean, request: Request): Promise<void> {
  const { model, sampling, maxNewTokens, context, out } = request;
  const { batch, length, ids, attentionMask, labels } = await readIdsFile(
    path,
    model.config.vocabSize,
  );
  if (labels) throw new UsageError("labels have no meaning for generate");
  const prompts = Array.from({ length: batch }, (_, row) =>
    ids.subarray(row * length, (row + 1) * length),
  );
  const result = {
    ids: await drain(model, prompts, {
      ...choiceOptions(sampling, length),
      maxNewTokens,
      signal: context.signal,
      eosTokenId: stopsAtEos ? undefined : null,
      attentionMask,
    }),
  };
  if (out === undefined) context.write(`${JSON.stringify(result)}\n`);
  else await out.save(`${JSON.stringify(result)}\n`);
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

/** A prompt's continuation without an adapter, then with it. */
async function fromBoth(
  { text: prompt, ids }: Prompt,
  tokenizer: Tokenizer,
  asJson: boolean,
  { model, sampling, maxNewTokens, context, out, putIn }: Request,
): Promise<void> {
  const { signal } = context;
  const eosTokenId = tokenizer.eosTokenId ?? model.config.eosTokenId;
  const continued = async () => {
    const options = choiceOptions(sampling, ids.length);
    const [row] = await drain(model, [ids], { ...options, maxNewTokens, eosTokenId, signal });
    return tokenizer.decode(row!, { skipSpecialTokens: true });
  };
  const without = await continued();
  await putIn?.();
  const result = { prompt, without, with: await continued() };
  if (out !== undefined) return out.saveJson(result);
  if (asJson) return context.write(`${JSON.stringify(result)}\n`);
  const lines = [
    ["without the adapter", result.without],
    ["with the adapter", result.with],
  ].map(([name, text]) => `${`${name}:`.padEnd(21)}${prompt}${text!.trimEnd()}\n`);
  context.write(lines.join(""));
}

/** The interactive form: a prompt in, its continuation out, token by token. */
async function fromPrompt(
  { text: prompt, ids }: Prompt,
  tokenizer: Tokenizer,
  asJson: boolean,
  { model, sampling, maxNewTokens, context, out }: Request,
): Promise<void> {
  const isLive = !asJson && out === undefined;
  const stream = textStream((list) => tokenizer.decode(list, { skipSpecialTokens: true }));
  for (const id of ids) stream.push(id);
  const eosTokenId = tokenizer.eosTokenId ?? model.config.eosTokenId;
  let text = "";
  let head = prompt;
  const tell = (piece: string) => {
    text += piece;
    if (isLive) context.write(head + piece); // the prompt only now: an error must not stand beside it
    head = "";
  };
  const rows = await drain(
    model,
    [ids],
    { ...choiceOptions(sampling, ids.length), maxNewTokens, eosTokenId, signal: context.signal },
    ([id]) => tell(stream.push(id!)),
  );
  tell(stream.end());
  if (isLive) return context.write("\n");
  const result = { prompt, text, ids: rows[0] };
  if (out !== undefined) await out.saveJson(result);
  else context.write(`${JSON.stringify(result)}\n`);
}

/** `generate`. */
export async function generate(
  {
    model: folder,
    prompt,
    ids,
    out,
    maxNewTokens,
    stopAtEos,
    json,
    ...rest
  }: Values<typeof generateFlags>,
  context: CommandContext,
): Promise<void> {
  const { chat, system, messages, template, adapter, both, ...sampling } = rest;
  const given = [prompt, ids, messages].filter((source) => source !== undefined);
  if (given.length !== 1)
    throw new UsageError(
      chat ? "give either --prompt or --messages" : "give either --prompt or --ids",
    );
  if (chat && ids !== undefined) throw new UsageError("--chat needs --prompt or --messages");
  if (!chat && (system !== undefined || messages !== undefined || template !== undefined))
    throw new UsageError("--system, --messages and --template need --chat");
  if (both && (adapter === undefined || ids !== undefined))
    throw new UsageError("--both needs --adapter, and --prompt or --messages");
  const { resolve, signal } = context;
  const first = both ? undefined : adapter;
  const { model, base } = await loadAdapted(folder, { adapter: first, resolve, signal });
  const putIn = async () => adapter !== undefined && putAdapter(model, adapter, { signal });
  const request = { model, sampling, maxNewTokens, context, out, putIn: both ? putIn : undefined };
  if (ids !== undefined) return fromIds(ids, stopAtEos, request);
  const text = prompt === "-" ? Buffer.from(await context.readInput()).toString() : prompt;
  const tokenizer = await loadTokenizer(base, { template });
  const answer = both ? fromBoth : fromPrompt;
  if (!chat) return answer(textPrompt(text!, tokenizer), tokenizer, json, request);
  const turns = await readMessages(text, { system, messages });
  const asked = { text: "", ids: chatPrompt(tokenizer, turns) };
  await answer(asked, tokenizer, json, request);
}
