import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import {
  accuracyOf,
  answerReweighted,
  answers,
  reweight as learn,
  type Reweighting,
} from "@deepgrain/icl-anchors";
import { meanOf } from "@deepgrain/studies/shared/means";
import type { reweightFlags } from "./flags";
import { openPrompts, shown, writeResult } from "./open-prompts";

/** `anchors reweight`. */
export const reweight: RunCommand<typeof reweightFlags> = async (
  { epochs, lr, clamp, out, json, ...given },
  context,
) => {
  const { model, sets, about } = await openPrompts(given, "shared", context);
  const { signal, progress, dryRun } = context;
  const rows: { seed: number; vanilla: number; reweighted: number; losses: number[] }[] = [];
  const factors: { seed: number; shape: readonly number[]; beta: number[] }[] = [];
  for (const { prompts, auxiliary, seed } of sets) {
    const task = progress.task(`seed ${seed}`);
    let learnt: Reweighting | undefined;
    let losses: number[] = [];
    const options = { epochs, lr, seed, signal, clamp };
    dryRun?.begin(epochs * sets.length, "epoch");
    for await (const event of learn(model, auxiliary, options)) {
      if (event.type === "reweight-end") {
        ({ reweighting: learnt, losses } = event);
        continue;
      }
      dryRun?.step();
      task.update(event.epoch / epochs, `loss ${event.loss.toFixed(3)}`);
    }
    const vanilla = accuracyOf(prompts, await answers(model, prompts, { signal }))!;
    const given = await answerReweighted(model, learnt!, prompts, { signal });
    rows.push({ seed, vanilla, reweighted: accuracyOf(prompts, given)!, losses });
    factors.push({ seed, shape: learnt!.shape, beta: [...learnt!.beta] });
    task.end(`loss ${losses[0]!.toFixed(3)} to ${losses.at(-1)!.toFixed(3)}`);
  }
  const result = {
    epochs,
    lr,
    vanilla: meanOf(rows.map((row) => row.vanilla)),
    reweighted: meanOf(rows.map((row) => row.reweighted)),
    rows,
  };
  if (out !== undefined) await out.saveJson({ ...about, ...result, factors });
  writeResult(context, {
    json,
    about,
    result,
    head: ["seed", "vanilla", "re-weighted", "first loss", "last loss"],
    body: [
      ...rows.map(({ seed, vanilla, reweighted, losses }) => [
        String(seed),
        ...[vanilla, reweighted, losses[0]!, losses.at(-1)!].map(shown),
      ]),
      ["mean", shown(result.vanilla), shown(result.reweighted), "", ""],
    ],
  });
};
