import { join as pathOf } from "node:path";
import { localSteps } from "@deepgrain/fedlt/rounds";
import { limitThreads } from "@deepgrain/studies/shared/one-thread-backend";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { plainMessage } from "../cli/word-error";
import { continueFlags } from "../run/training-flags";
import { tokenizerFiles } from "../store/run-record";
import { join, joinFlags } from "./link-flags";
import { lmData, lmTexts, stepTraining } from "./lm-training";

export const lmWorker = defineCommand({
  description:
    "Works for `fed lm`: takes the model, trains local steps on its share of the text, and sends the change back.",
  examples: [
    "fed lm-worker --id worker-1 --key run/keys/worker-1.key --server ws://10.0.0.7:8080 --data english --tokenizer run --out mine",
  ],
  flags: {
    id: flags.token({ required: true, help: "This worker's name" }),
    ...joinFlags,
    data: flags.texts({ required: true, help: "The text, as for `pretrain`" }),
    tokenizer: flags.tokenizer({ required: true, help: "Folder of the coordinator's tokenizer" }),
    out: flags.folder({
      required: true,
      writes: "folder",
      help: "Folder for the optimiser's state",
    }),
    ...continueFlags,
  },
  async run({ id, data, tokenizer: from, out, resume, overwrite, ...given }, context) {
    const { progress, signal } = context;
    limitThreads(1); // other workers of this machine have the other cores
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
  },
});
