import { meanConcentration } from "@deepgrain/esft";
import { estimate, resultsOf, type SectionInput } from "@deepgrain/lab";
import { layersOf } from "../shared/layer-rows";
import { percent } from "../shared/numbers";
import { fixed } from "../shared/outcome-text";
import { taskOf } from "../shared/tasks/tuning-tasks";
import { ALL_TASKS } from "./claims";
import { measured, type Runs } from "./method-table";
import { methodNames } from "./methods";
import type { EsftResult } from "./quantities";
import type { EsftSettings } from "./recipe";

type Input = SectionInput<EsftSettings, EsftResult>;

/** The claim that full fine-tuning is beside ESFT-Token by a measure whose name begins so. */
const claimOf = ({ judgement }: Input, experiment: string, scope: string, measure: string) =>
  judgement.claims.find(
    (one) =>
      one.experiment === experiment &&
      one.scope === scope &&
      one.lower.measure.startsWith(measure) &&
      one.lower.subject === methodNames.full &&
      one.higher.subject === methodNames["esft-token"],
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

/** The result: the mark of ESFT-Token beside that of full fine-tuning, and with how many weights. */
export function finding(input: Input): string {
  const { runs, settings } = input;
  const { tasks } = settings;
  const of = (id: "esft-token" | "full", measure: "mark" | "trainedParameters") =>
    measured(runs, measure, id, tasks)?.mean;
  const [own, full] = [of("esft-token", "mark"), of("full", "mark")];
  if (own === undefined || full === undefined) return concentrated(runs);
  const share = percent(of("esft-token", "trainedParameters")! / of("full", "trainedParameters")!);
  const scope = tasks.length > 1 ? ALL_TASKS : taskOf(tasks[0]!).name;
  const claim = claimOf(input, "B-3", scope, "mark");
  const note = claim?.outcome ? `; that they match: ${claim.outcome}` : "";
  return `ESFT-Token trains ${share} of the weights and earns ${fixed(own, 1)} % in marks on held-out questions, full fine-tuning ${fixed(full, 1)} %${note}.`;
}
