import {
  type CausalLM,
  createProcessors,
  createRandom,
  type GenerateOptions,
  generate as generateTokens,
  greedy,
  loadModel,
  loadTokenizer,
  multinomial,
  type Tokenizer,
  textStream,
} from "@deepgrain/lm";
import type { CliContext } from "../cli/context";
import { defineCliCommand } from "../cli/define-command";
import { nextTurn } from "../cli/next-turn";
import { numberFlag } from "../cli/number-flag";
import { UsageError } from "../cli/usage-error";
import { readIdsFile } from "../formats/ids-file";
import { saveFile, saveJson } from "../formats/save-file";

interface Flags {
  greedy?: boolean | undefined;
  seed?: string | undefined;
  temperature?: string | undefined;
  "top-k"?: string | undefined;
  "top-p"?: string | undefined;
  "repetition-penalty"?: string | undefined;
}

/** How tokens are chosen: the likeliest one with `--greedy`, else drawn after the processors the flags ask for. */
function choiceOptions(flags: Flags, promptLength: number): GenerateOptions {
  const real = (name: keyof Flags, min: number, max?: number) => {
    const value = numberFlag(name, flags[name] as string | undefined, {
      min,
      whole: name === "top-k",
      ...(max === undefined ? {} : { max }),
    });
    return value;
  };
  const values = {
    temperature: real("temperature", 0.01) ?? 0.8,
    topK: real("top-k", 0),
    topP: real("top-p", 0, 1),
    repetitionPenalty: real("repetition-penalty", 0.01),
  };
  const given = Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined));
  const doSample = flags.greedy !== true;
  const random = createRandom(numberFlag("seed", flags.seed) ?? 0).next;
  return {
    logitsProcessors: createProcessors({ ...given, doSample }, { promptLength }),
    sampler: doSample ? (logits) => multinomial(logits, random) : greedy,
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
    await nextTurn();
  }
}

interface Request {
  model: CausalLM;
  flags: Flags;
  maxNewTokens: number;
  context: CliContext;
  out: string | undefined;
}

/** The machine form: a file of ids in, the new ids out. */
async function fromIds(path: string, stopsAtEos: boolean, request: Request): Promise<void> {
  const { model, flags, maxNewTokens, context, out } = request;
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
      ...choiceOptions(flags, length),
      maxNewTokens,
      signal: context.signal,
      ...(stopsAtEos ? {} : { eosTokenId: null }),
      ...(attentionMask ? { attentionMask } : {}),
    }),
  };
  if (out === undefined) context.write(`${JSON.stringify(result)}\n`);
  else await saveFile(out, `${JSON.stringify(result)}\n`);
}

/** The form for people: a prompt in, its continuation out, token by token. */
async function fromPrompt(
  prompt: string,
  tokenizer: Tokenizer,
  asJson: boolean,
  { model, flags, maxNewTokens, context, out }: Request,
): Promise<void> {
  const ids = tokenizer.encode(prompt);
  if (ids.at(-1) === tokenizer.eosTokenId) ids.pop(); // some tokenizers end every text
  const isLive = !asJson && out === undefined;
  const stream = textStream((list) => tokenizer.decode(list, { skipSpecialTokens: true }));
  for (const id of ids) stream.push(id);
  if (isLive) context.write(prompt);
  const eosTokenId = tokenizer.eosTokenId ?? model.config.eosTokenId;
  let text = "";
  const tell = (piece: string) => {
    text += piece;
    if (isLive) context.write(piece);
  };
  const rows = await drain(
    model,
    [ids],
    { ...choiceOptions(flags, ids.length), maxNewTokens, eosTokenId, signal: context.signal },
    ([id]) => tell(stream.push(id!)),
  );
  tell(stream.end());
  if (isLive) return context.write("\n");
  const result = { prompt, text, ids: rows[0] };
  if (out !== undefined) await saveJson(out, result);
  else context.write(`${JSON.stringify(result)}\n`);
}

export const generate = defineCliCommand({
  name: "generate",
  description: "Continues a prompt, or a file of token ids.",
  examples: [
    'generate --model runs/first/base --prompt "The whale"',
    'generate --model DIR --prompt "Once upon a time" --greedy --max-new-tokens 200',
    "generate --model DIR --ids ids.json --greedy --max-new-tokens 16 --out out.json",
  ],
  args: {
    model: { type: "string", required: true, valueHint: "dir", description: "Hugging Face folder" },
    prompt: { type: "string", valueHint: "text", description: "What to continue" },
    ids: {
      type: "string",
      valueHint: "file",
      description:
        '{"input_ids": [[…]], "attention_mask"?}; writes {"ids": [[…]]}, new tokens only',
    },
    "max-new-tokens": { type: "string", default: "128", description: "Tokens to add at most" },
    greedy: { type: "boolean", description: "Take the likeliest token instead of drawing one" },
    "stop-at-eos": {
      type: "boolean",
      description: "With --ids, end a row at the end-of-text token (a prompt always ends there)",
    },
    temperature: { type: "string", description: "Below 1: safer. Default 0.8" },
    "top-k": { type: "string", description: "Draw from the k likeliest tokens only" },
    "top-p": {
      type: "string",
      description: "Draw from the likeliest tokens with this total share",
    },
    "repetition-penalty": { type: "string", description: "Above 1: repeats less" },
    seed: { type: "string", description: "Same seed, same text. Default 0" },
    out: {
      type: "string",
      writes: "file",
      valueHint: "file",
      description: "Where to write; stdout without it",
    },
    json: { type: "boolean", description: "With --prompt, one JSON object instead of text" },
  },
  async run(args, context) {
    if ((args.prompt === undefined) === (args.ids === undefined))
      throw new UsageError("give either --prompt or --ids");
    const maxNewTokens = numberFlag("max-new-tokens", args["max-new-tokens"], { min: 1 })!;
    choiceOptions(args, 1);
    const folder = context.resolve(args.model);
    const model = await loadModel(folder, { signal: context.signal });
    const out = args.out === undefined ? undefined : context.resolve(args.out);
    const request = { model, flags: args, maxNewTokens, context, out };
    if (args.ids !== undefined)
      return fromIds(context.resolve(args.ids), args["stop-at-eos"] === true, request);
    await fromPrompt(args.prompt!, await loadTokenizer(folder), args.json === true, request);
  },
});
