import { fields } from "@deepgrain/fine-purify/fields";
import { trainTextEncoder } from "@deepgrain/fine-purify/miniature";
import { saveEncoder, saveTokenizer } from "@deepgrain/lm";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import { readLabelledTexts } from "../formats/labelled-texts";
import { jsonFlag, modelOutFlags } from "../run/training-flags";
import { assertReplaceable, replaceModel } from "../store/replace-model";

export const train = defineCommand({
  description:
    "Makes a small BERT from labelled texts, without a download: trains a tokenizer, pre-trains two layers by masked LM, and adds a new head for the labels. Attacks and purification begin from it.",
  examples: [
    "purify train --data train.jsonl --out base",
    "purify attack --model base --data train.jsonl --test test.jsonl --lr 1e-3 --out victim   # and with --rate 0 a clean classifier",
    "purify run --init base --finetuned victim --clean clean.jsonl --out purified",
  ],
  isTraining: true,
  flags: {
    data: flags.file({
      required: true,
      help: "Texts with labels: JSON Lines of text and label, TSV or CSV",
    }),
    ...modelOutFlags,
    ...flagsFrom(fields.encoder),
    ...jsonFlag,
  },
  async run({ data, out, overwrite, json, ...given }, { write, progress, signal, dryRun }) {
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
  },
});
