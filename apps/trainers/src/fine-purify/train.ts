import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readLabelledTexts } from "@deepgrain/command-line/files/labelled-texts";
import { assertReplaceable, replaceModel } from "@deepgrain/command-line/runs/replace-model";
import { trainTextEncoder } from "@deepgrain/fine-purify/miniature";
import { saveEncoder, saveTokenizer } from "@deepgrain/lm";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { trainFlags } from "./flags";

/** `purify train`. */
export const train: RunCommand<typeof trainFlags> = async (
  { data, out, overwrite, json, ...given },
  { write, progress, signal, dryRun },
) => {
  const target = { out, overwrite, command: "purify train", inputs: [data] };
  await assertReplaceable(target); // now, not after minutes of work
  if (given.hiddenSize % 2 !== 0)
    throw new UsageError(`--hidden-size must be even, got ${given.hiddenSize}`);
  const rows = await readLabelledTexts(data);
  const events = trainTextEncoder(rows, { ...given, signal });
  const task = progress.task("pre-training");
  let loss = Number.NaN;
  for (;;) {
    const { done, value } = await events.next();
    if (!done) {
      if (value.type === "train-start") dryRun?.begin(given.steps);
      if (value.type !== "step-end") continue;
      dryRun?.step();
      loss = Number.isNaN(loss) ? value.loss : 0.95 * loss + 0.05 * value.loss;
      task.update(value.step / given.steps, `masked-LM loss ${loss.toFixed(3)}`);
      continue;
    }
    const { model, tokenizer } = value;
    task.end(`${given.steps} steps, masked-LM loss ${loss.toFixed(3)}`);
    await replaceModel(target, async (path) => {
      await saveEncoder(path, model, { signal });
      await saveTokenizer(path, tokenizer);
    });
    const { labels } = model.config;
    model.dispose();
    const result = { out, texts: rows.length, labels, steps: given.steps, loss };
    return write(json ? `${JSON.stringify(result)}\n` : `${out}\n`);
  }
};
