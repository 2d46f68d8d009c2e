import { meanConcentration } from "@deepgrain/esft";
import { estimate, resultsOf, type SectionInput } from "@deepgrain/lab";
import { layersOf } from "../shared/layer-rows";
import { percent } from "../shared/numbers";
import { differenceText, fixed, listed, sideText } from "../shared/outcome-text";
import { taskOf } from "../shared/tasks/tuning-tasks";
import { ALL_TASKS } from "./claims";
import { measured, type Runs } from "./method-table";
import { methodNames } from "./methods";
import type { EsftResult } from "./quantities";
import type { EsftSettings } from "./recipe";

type Input = SectionInput<EsftSettings, EsftResult>;

/** The claim that sets ESFT-Token beside full fine-tuning by a measure whose name begins so. */
const claimOf = ({ judgement }: Input, experiment: string, scope: string, measure: string) =>
  judgement.claims.find(
    (one) =>
      one.experiment === experiment &&
      one.scope === scope &&
      one.lower.measure.startsWith(measure) &&
      one.lower.subject === methodNames["esft-token"] &&
      one.higher.subject === methodNames.full,
  );

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

/** Forgetting on one task where ESFT-Token and full fine-tuning answer equally much right. */
function retained(input: Input, scope: string): string {
  const claim = claimOf(input, "B-4", scope, "forgetting at ");
  if (!claim) return `on ${scope} not both of them get that far`;
  const { lower, higher } = claim;
  const style = { digits: 3, unit: "nats per token", isLeftMinusRight: true };
  return `on ${scope} by ${sideText(lower, 3)} with ESFT-Token and by ${sideText(higher, 3)} with full fine-tuning, a difference of ${differenceText(claim, style)}`;
}

/** The result: what ESFT-Token answers right beside full fine-tuning, with how many weights, and what both then forget. */
export function finding(input: Input): string {
  const { runs, settings } = input;
  const { tasks, equalScore } = settings;
  const scopes = tasks.map((id) => taskOf(id).name);
  const of = (id: "vanilla" | "esft-token" | "full", measure: "exact" | "trainedParameters") =>
    measured(runs, measure, id, tasks)?.mean;
  const [before, own, full] = (["vanilla", "esft-token", "full"] as const).map((id) =>
    of(id, "exact"),
  );
  if (before === undefined || own === undefined || full === undefined) return concentrated(runs);
  const share = percent(of("esft-token", "trainedParameters")! / of("full", "trainedParameters")!);
  const claim = claimOf(input, "B-3", tasks.length > 1 ? ALL_TASKS : scopes[0]!, "exact match");
  const style = { digits: 1, unit: "points", isLeftMinusRight: true };
  const sentences = [
    `On ${listed(scopes)}, ESFT-Token trains ${share} of the weights and answers ${fixed(own, 1)} % of the held-out questions right, full fine-tuning ${fixed(full, 1)} % and the base model ${fixed(before, 1)} %.`,
    claim && `ESFT-Token minus full fine-tuning: ${differenceText(claim, style)}.`,
    runs.experiments.includes("B-4") &&
      `Where each of the two answers ${percent(equalScore)} right, loss on other texts rises ${scopes.map((scope) => retained(input, scope)).join("; ")}.`,
  ];
  return sentences.filter(Boolean).join(" ");
}
