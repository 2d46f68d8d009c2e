import { join as pathOf } from "node:path";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { plainMessage } from "@deepgrain/command-line/errors/word-error";
import { tokenizerFiles } from "@deepgrain/command-line/runs/run-record";
import { localSteps } from "@deepgrain/fedlt/rounds";
import type { lmWorkerFlags } from "./flags";
import { join } from "./link";
import { lmData, lmTexts, stepTraining } from "./lm-training";

/** `fed lm-worker`. */
export const lmWorker: RunCommand<typeof lmWorkerFlags> = async (
  { id, data, tokenizer: from, out, resume, overwrite, ...given },
  context,
) => {
  const { progress, signal } = context;
  const texts = await lmTexts({ data, from }, context);
  const state = ["checkpoints/"];
  await context.claim(out, {
    command: "fed lm-worker",
    settings: { id, run: given.run },
    data: texts.data,
    files: [...tokenizerFiles, ...state],
    work: state,
    fresh: [...tokenizerFiles, ...state],
    resume,
    overwrite,
  });
  const text = await lmData(texts, { out, from, vocabSize: 0 }, context);
  const train = localSteps({ open: stepTraining(text), folder: pathOf(out, "checkpoints") });
  const task = progress.task(id);
  for await (const event of join(given, { clientId: id, train, signal }))
    if (event.type === "task-start") task.update(0, `round ${event.round + 1}`);
    else if (event.type === "disconnected")
      progress.note(`disconnected: ${plainMessage(event.reason)}`);
  signal.throwIfAborted();
  task.end("the run is over");
};
