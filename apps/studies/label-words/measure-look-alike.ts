import { reweightTrial, type SiblingDiagnosis, siblingTrial } from "@deepgrain/icl-anchors";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, createRandom } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { meanFields, meanList } from "../shared/means";
import { diagnosisFields, type LookAlikeMeasures } from "./comparison-result";
import type { Measuring } from "./measure-anchors";

type LayerDiagnosis = LookAlikeMeasures["diagnosis"][number];
type Accuracies = Pick<LookAlikeMeasures, "vanilla" | "twoShots" | "reweighted">;

/** Re-weighting and diagnosis of the unsure model. */
export async function* measureLookAlike(
  model: CausalLM,
  { task, settings, seed, signal }: Measuring,
): AsyncGenerator<RunEvent, LookAlikeMeasures, void> {
  const { tasks, diagnoses, queries, diagnosed: asked, epochs } = settings;
  const shared = { pause: async () => takeTurn(), signal };
  const randomOf = (trial: number, index: number) => createRandom([seed, trial, index]).next;
  const reweighted = [];
  for (let i = 0; i < tasks; i++) {
    const options = { ...shared, random: randomOf(2, i), queries, epochs, seed };
    reweighted.push(await reweightTrial(model, task, options));
    yield { type: "progress", done: 0.6 + (0.2 * (i + 1)) / tasks, message: "re-weighting" };
  }
  const diagnosed: SiblingDiagnosis[][] = [];
  for (let i = 0; i < diagnoses; i++) {
    const options = { ...shared, random: randomOf(3, i), queries: asked };
    diagnosed.push(await siblingTrial(model, task, options));
    yield { type: "progress", done: 0.8 + (0.2 * (i + 1)) / diagnoses, message: "diagnosis" };
  }
  return {
    ...(meanFields(reweighted, "vanilla", "twoShots", "reweighted") as Accuracies),
    losses: meanList(reweighted.map(({ losses }) => losses)),
    diagnosis: diagnosed[0]!.map(
      (_, layer) =>
        meanFields(
          diagnosed.map((one) => one[layer]!),
          ...diagnosisFields,
        ) as LayerDiagnosis,
    ),
  };
}
