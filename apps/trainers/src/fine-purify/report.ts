import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { type Evaluation, evaluationLines } from "@deepgrain/fine-purify";
import { measureAttack, textClassifier } from "@deepgrain/fine-purify/encoders";
import { loadEncoder } from "@deepgrain/lm";
import { readJson } from "@deepgrain/studies/shared/read-json";
import type { reportFlags } from "./flags";
import { purificationSchema, reportPage } from "./report-page";
import { attackOf, readTexts } from "./text-rows";

/** `purify report`. */
export const report: RunCommand<typeof reportFlags> = async (given, { write, signal }) => {
  const plan = attackOf(given);
  const found: { name: string; folder: string; measured: Evaluation }[] = [];
  for (const [name, folder] of [
    ["before", given.before],
    ["after", given.after],
  ] as const) {
    if (folder === undefined) continue;
    const model = await loadEncoder(folder, { signal });
    const classifier = await textClassifier(model, folder, given.maxLength);
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
};
