import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readLabelledTexts } from "@deepgrain/command-line/files/labelled-texts";
import { assertReplaceable, replaceModel } from "@deepgrain/command-line/runs/replace-model";
import { followLoss } from "@deepgrain/command-line/trainings/follow-loss";
import { trainTextEncoder } from "@deepgrain/fine-purify/miniature";
import { saveEncoder, saveTokenizer } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { trainFlags } from "./flags";

/** `purify train`. */
export const train: RunCommand<typeof trainFlags> = async (
  { data, out, overwrite, json, ...given },
  context,
) => {
  const { write, signal } = context;
  const { steps } = given;
  const target = { out, overwrite, command: "purify train", inputs: [data] };
  await assertReplaceable(target); // now, not after minutes of work
  if (given.hiddenSize % 2 !== 0)
    throw new UsageError(`--hidden-size must be even, got ${given.hiddenSize}`);
  const rows = await readLabelledTexts(data);
  const events = trainTextEncoder(rows, { ...given, signal });
  const followed = { title: "pre-training", steps, name: "masked-LM loss" };
  const { loss, made } = await followLoss(events, followed, context);
  const { model, tokenizer } = made;
  await replaceModel(target, async (path) => {
    await saveEncoder(path, model, { signal });
    await saveTokenizer(path, tokenizer);
  });
  const { labels } = model.config;
  model.dispose();
  const result = { out, texts: rows.length, labels, steps, loss };
  write(json ? `${JSON.stringify(result)}\n` : `${out}\n`);
};
