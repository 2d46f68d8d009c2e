import { readFile } from "node:fs/promises";
import type { Complete, Task } from "@deepgrain/coder";
import { jsonRows } from "@deepgrain/command-line/files/json-rows";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireOne, requireTogether } from "@deepgrain/command-line/flags/given-together";
import { endpointTexts, textsOf } from "@deepgrain/command-line/models/endpoint-texts";
import { loadModel, loadTokenizer, type Tokenizer } from "@deepgrain/lm";
import { batchCompleter } from "@deepgrain/prm/lm";
import {
  type Fingerprint,
  fingerprintFiles,
  fingerprintModel,
} from "@deepgrain/studies/shared/fingerprint";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { z } from "zod";
import type { sourceFlags } from "./flags";

type Given = Values<typeof sourceFlags>;

/** Completions, and what tells whether their source has changed. */
interface CompletionSource {
  complete: Complete;
  fingerprint: Fingerprint | null;
}

/** The temperature of what cannot take 0: all but the likeliest token have no share. */
const COLDEST = 1e-5;

/** @throws {UsageError} unless exactly one source is given */
export function checkSource(given: Given): void {
  const { model, endpoint, completions, reference, empty, endpointModel } = given;
  requireOne({ model, endpoint, completions, reference, empty });
  requireTogether({ endpoint, endpointModel });
}

/** A tokenizer that puts each text into the chat template as the user's turn. */
const chatTokenizer = (tokenizer: Tokenizer): Pick<Tokenizer, "encode" | "decode"> => ({
  decode: tokenizer.decode.bind(tokenizer),
  encode(content) {
    const turns = [{ role: "user", content }];
    const text = tokenizer.applyChatTemplate(turns, { addGenerationPrompt: true });
    return tokenizer.encode(text, { addSpecialTokens: false });
  },
});

/** Asks for the completions of all of a task's seeds, so that they are the same after a stop between them. */
const inWhole =
  (complete: Complete, { n, seed }: Given): Complete =>
  async (prompt, options) => {
    const seeds = Array.from({ length: n }, (_, i) => seed + i);
    const all = await complete(prompt, { ...options, seeds });
    return options.seeds.map((one) => all[seeds.indexOf(one)]!);
  };

async function modelSource(given: Given, signal: AbortSignal): Promise<CompletionSource> {
  const { model: folder, dtype, temperature, maxNewTokens, prompt } = given;
  const model = await loadModel(folder!, { dtype, signal });
  const tokenizer = await loadTokenizer(folder!);
  model.eval();
  const completer = batchCompleter(model, {
    tokenizer: prompt === "chat" ? chatTokenizer(tokenizer) : tokenizer,
    temperature: Math.max(COLDEST, temperature),
    maxTokens: maxNewTokens,
    eosTokenId: tokenizer.eosTokenId,
    prompt: ({ problem }) => problem,
  });
  const complete: Complete = async (text, { seeds, stop, signal: own }) =>
    textsOf(await completer({ problem: text, steps: [] }, { seeds, stop, signal: own }));
  return { complete: inWhole(complete, given), fingerprint: await fingerprintModel(folder!) };
}

function endpointSource(given: Given): CompletionSource {
  const complete = endpointTexts({ ...given, chat: given.prompt === "chat" });
  return {
    fingerprint: null,
    complete: (text, { seeds, stop, signal }) => complete(text, { seeds, stop, signal }),
  };
}

const row = z.looseObject({ task_id: z.string(), completion: z.string() });

async function fileSource({ completions: path, n, seed }: Given): Promise<CompletionSource> {
  const found = new Map<string, string[]>();
  for (const { task_id, completion } of jsonRows(path!, await readFile(path!, "utf8"), row)) {
    const own = found.get(task_id);
    if (own) own.push(completion);
    else found.set(task_id, [completion]);
  }
  return {
    fingerprint: await fingerprintFiles([path!]),
    complete: async (_, { seeds, task }) =>
      seeds.map((one) => {
        const own = found.get(task.id) ?? [];
        const text = own[one - seed];
        if (text === undefined)
          throw new UsageError(
            `--completions: ${path} has ${own.length} completions of ${task.id}, ${n} are needed`,
          );
        return text;
      }),
  };
}

/** Where completions come from. @throws {UsageError} as {@link checkSource}; for tasks without a reference */
export async function openSource(
  given: Given,
  tasks: readonly Task[],
  signal: AbortSignal,
): Promise<CompletionSource> {
  checkSource(given);
  if (given.model !== undefined) return modelSource(given, signal);
  if (given.endpoint !== undefined) return endpointSource(given);
  if (given.completions !== undefined) return fileSource(given);
  const without = tasks.find(({ reference }) => reference === undefined);
  if (given.reference && without)
    throw new UsageError(`--reference: the task ${without.id} has no reference solution`);
  return {
    fingerprint: null,
    complete: async (_, { seeds, task }) =>
      seeds.map(() => (given.reference ? task.reference! : "")),
  };
}
