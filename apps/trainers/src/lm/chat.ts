import { randomInt } from "node:crypto";
import type { CliContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { plainProblem } from "@deepgrain/command-line/errors/word-error";
import { requireOne, requireWith } from "@deepgrain/command-line/flags/given-together";
import { keyOf } from "@deepgrain/command-line/models/endpoint-flags";
import { ChatSession } from "./chat-session";
import { endpointSource } from "./endpoint-source";
import type { chatFlags } from "./flags";
import { localSource } from "./local-source";
import { readToolsFile } from "./tools-file";
import { userTurns } from "./user-turns";

/** `chat`. */
export const chat: RunCommand<typeof chatFlags> = async (
  { model, endpoint, endpointModel, apiKeyVariable, system, template, tools, toolFormat, ...rest },
  context,
) => {
  const { seed = randomInt(2 ** 31), dtype, ...choice } = rest;
  const { dialog, signal, writeError } = context;
  requireOne({ model, endpoint });
  requireWith({ template, toolFormat }, { model });
  requireWith({ toolFormat }, { tools });
  requireWith({ endpointModel, apiKeyVariable }, { endpoint });
  const key = keyOf({ apiKeyVariable });
  const choosing = { ...choice, seed };
  const own = tools === undefined ? undefined : await readToolsFile(tools);
  const shared = { tools: own, choosing, signal };
  const source =
    model === undefined
      ? await endpointSource(endpoint!, { name: endpointModel, key, ...shared })
      : await localSource(model, { template, toolFormat, dtype, ...shared });
  if (source.warning !== undefined) writeError(`${source.warning}\n`);
  const session = new ChatSession(source, context, system);
  const prompt = (text: string) => dialog?.isTerminal && writeError(text);
  let presses = 0;
  const interrupted = new AbortController();
  dialog?.onInterrupt(() => {
    if (session.stop()) presses = 0;
    else if (++presses > 1) interrupted.abort();
    else prompt("\n(Ctrl-D or /exit ends; Ctrl-C once more, too)\n> ");
  });
  try {
    prompt("> ");
    const lines = untilAborted(dialog?.lines() ?? noLines(), [signal, interrupted.signal]);
    for await (const turn of userTurns(lines, () => prompt(". "))) {
      presses = 0;
      if (!(await answered(session, turn, context))) break;
      prompt(`${session.expects}> `);
    }
    signal.throwIfAborted();
  } finally {
    dialog?.onInterrupt(null);
    await source.close();
  }
};

/** @returns whether the conversation goes on; on a terminal it does after an error, too */
async function answered(
  session: ChatSession,
  turn: string,
  { dialog, signal, writeError }: CliContext,
): Promise<boolean> {
  try {
    return await session.take(turn);
  } catch (error) {
    if (signal.aborted || !dialog?.isTerminal) throw error;
    writeError(`${plainProblem(error)}\n`);
    return true;
  }
}

async function* noLines(): AsyncGenerator<string, void> {}

/** Lines until a signal is raised. */
async function* untilAborted(
  lines: AsyncIterable<string>,
  signals: readonly AbortSignal[],
): AsyncGenerator<string, void> {
  const signal = AbortSignal.any([...signals]);
  const aborted = new Promise<{ done: true; value: undefined }>((resolve) => {
    const end = () => resolve({ done: true, value: undefined });
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  const reader = lines[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await Promise.race([reader.next(), aborted]);
    if (done) return;
    yield value;
  }
}
