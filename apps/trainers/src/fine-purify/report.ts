import { type Evaluation, evaluationLines } from "@deepgrain/fine-purify";
import { measureAttack, textClassifier } from "@deepgrain/fine-purify/encoders";
import { loadEncoder } from "@deepgrain/lm";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { readJson } from "../formats/read-json";
import { purificationSchema, reportPage } from "./report-page";
import { attackFlags, attackOf, readTexts } from "./text-flags";

export const report = defineCommand({
  description:
    "Measures ACC with ASR or BACC of encoders before and after a purification, and writes a page.",
  examples: [
    "purify report --before suspect --after purified --test test.jsonl --attack BadWord --out report.html",
    "purify report --before suspect --test test.jsonl --attack BiasSent --json",
  ],
  flags: {
    before: flags.folder({ required: true, help: "The fine-tuned model" }),
    after: flags.folder({ help: "The purified model" }),
    test: flags.file({ required: true, help: 'Test rows, JSON Lines of {"text", "label"}' }),
    purification: flags.file({ help: "JSON file of purify run --report" }),
    ...attackFlags,
    out: flags.outFile({ help: "HTML page to write" }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(given, { write, signal }) {
    const plan = attackOf(given);
    const found: { name: string; folder: string; measured: Evaluation }[] = [];
    for (const [name, folder] of [
      ["before", given.before],
      ["after", given.after],
    ] as const) {
      if (folder === undefined) continue;
      const model = await loadEncoder(folder, { signal });
      const classifier = await textClassifier(model, folder, given.length);
      const rows = await readTexts(given.test, model.config.labels);
      const measured = await measureAttack(classifier, rows, plan, { seed: given.seed });
      found.push({ name, folder, measured });
      model.dispose();
    }
    const details =
      given.purification === undefined
        ? null
        : await readJson(given.purification, purificationSchema);
    if (given.out !== undefined) await given.out.save(reportPage(plan.name, found, details));
    if (given.json) write(`${JSON.stringify({ attack: plan.name, models: found })}\n`);
    else
      write(
        found
          .flatMap(({ name, measured }) =>
            evaluationLines(measured).map((line) => `${name}: ${line}\n`),
          )
          .join(""),
      );
  },
});
