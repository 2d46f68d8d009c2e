import { meanConcentration } from "@deepgrain/esft";
import { decimal, estimate, resultsOf, type SectionInput } from "@deepgrain/lab";
import { percent } from "../../report/numbers";
import { differenceText, listed } from "../outcome-text";
import { ALL_TASKS } from "./claims";
import { taskOf } from "./corpora";
import { measured, type Runs } from "./method-table";
import { type MethodId, methodNames } from "./methods";
import type { EsftResult } from "./quantities";
import type { EsftSettings } from "./recipe";
import { layersOf } from "./score-base";

type Input = SectionInput<EsftSettings, EsftResult>;

/** The claim of B-3 that a method's task loss is below another's, over all tasks. */
function claimOf({ judgement, settings: { tasks } }: Input, lower: MethodId, higher: MethodId) {
  const scope = tasks.length > 1 ? ALL_TASKS : taskOf(tasks[0]!).name;
  return judgement.claims.find(
    (one) =>
      one.experiment === "B-3" &&
      one.scope === scope &&
      one.lower.measure === "task loss" &&
      one.lower.subject === methodNames[lower] &&
      one.higher.subject === methodNames[higher],
  );
}

/** How concentrated the use of experts is, where no method was trained. */
function concentrated(runs: Runs): string {
  const { topK, experts } = runs.settings;
  const shares = resultsOf(runs, "base").flatMap(({ scores = [] }) =>
    scores.flatMap(({ task, token }) =>
      task === null ? [] : [meanConcentration(layersOf(token))[topK - 1]!],
    ),
  );
  if (shares.length === 0) return "No base model has been trained yet.";
  return `The ${topK} experts of a layer that a task uses most get ${percent(estimate(shares).mean)} of its choices; even use would give them ${percent(topK / experts)}.`;
}

/** The result: what ESFT-Token learns and forgets beside full fine-tuning and random experts, and with how many weights. */
export function finding(input: Input): string {
  const { runs, settings } = input;
  const of = (id: MethodId, measure: "loss" | "trainedParameters" | "forgetting") =>
    measured(runs, measure, id, settings.tasks)?.mean;
  const [before, own, full] = (["vanilla", "esft-token", "full"] as const).map((id) =>
    of(id, "loss"),
  );
  if (before === undefined || own === undefined || full === undefined) return concentrated(runs);
  const share = percent(of("esft-token", "trainedParameters")! / of("full", "trainedParameters")!);
  const forgotten = (id: MethodId) => decimal(of(id, "forgetting")!);
  const style = { digits: 3, unit: "nats per token" };
  const [worse, better] = [
    claimOf(input, "full", "esft-token"),
    claimOf(input, "esft-token", "random"),
  ];
  const beside = [
    worse && `minus that of full fine-tuning is ${differenceText(worse, style)}`,
    better &&
      `minus that of randomly chosen experts is ${differenceText(better, { ...style, isLeftMinusRight: true })}`,
  ].filter((text) => text !== undefined);
  return `On ${listed(settings.tasks.map((id) => taskOf(id).name))}, ESFT-Token trains ${share} of the weights and brings the task loss from ${decimal(before)} to ${decimal(own)} nats per token, full fine-tuning to ${decimal(full)}.${beside.length > 0 ? ` ESFT-Token's loss ${beside.join("; ")}.` : ""} Loss on other texts rises by ${forgotten("esft-token")} with ESFT-Token and by ${forgotten("full")} with full fine-tuning: the two have not learned equally much, and this difference was not tested.`;
}
