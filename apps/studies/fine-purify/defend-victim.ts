import { evaluate, seededRandom, shuffled } from "@deepgrain/fine-purify";
import {
  type Defender,
  defendEncoder,
  encoderDefences,
  meanDefence,
  predictRows,
  type RowClassifier,
  rowAccuracy,
} from "@deepgrain/fine-purify/encoders";
import { classifierOf, type TokenRow } from "@deepgrain/fine-purify/miniature";
import type { RunEvent } from "@deepgrain/lab";
import type { NamedTensors } from "@deepgrain/tensor-gpu";
import type { PurifySettings } from "./recipe";
import { noResult, type PurifyResult } from "./results";
import { type Task, triggeredRows, victimOf } from "./tasks";

/** An attacked encoder with the data of its defender and of the evaluation. */
export interface Attacked {
  victim: string;
  task: Task;
  init: NamedTensors;
  finetuned: NamedTensors;
  /** Accuracy of the victim on held-out rows. */
  heldOut: number;
  seed: number;
  settings: PurifySettings;
  signal: AbortSignal;
}

/** ACC and ASR of predictions, with the rules of their subsets. */
export async function rates(
  predict: (rows: readonly TokenRow[]) => Promise<readonly number[]>,
  task: Task,
  { test, triggered }: { test: readonly TokenRow[]; triggered: readonly TokenRow[] },
): Promise<{ acc: number; asr: number; rules: Record<string, string> }> {
  const { target } = task.backdoor("word");
  const { acc, asr } = await evaluate(predict, { clean: test, triggered, target });
  const rules = { ACC: `${acc!.rule}, ${acc!.size}`, ASR: `${asr!.rule}, ${asr!.size}` };
  return { acc: acc!.value, asr: asr!.value, rules };
}

/** {@link rates} of a classifier as it is, and its accuracy on held-out rows. */
export async function measured(
  classifier: RowClassifier<TokenRow>,
  task: Task,
  triggered: readonly TokenRow[],
) {
  const found = await rates((rows) => predictRows(classifier, rows), task, { ...task, triggered });
  return { ...found, heldOut: await rowAccuracy(classifier, task.heldOut) };
}

/** The inputs of a victim's defender. */
export function defenderOf(attacked: Attacked): Defender<TokenRow> {
  const { task, init, finetuned, heldOut, seed, settings, signal } = attacked;
  return {
    init,
    finetuned,
    seed,
    signal,
    classifier: classifierOf(task, init, seed),
    clean: shuffled(task.clean, seededRandom(6000 + seed)),
    heldOut: task.heldOut,
    threshold: heldOut - settings.tolerance,
    counts: task.counts,
    resetRows: task.epurRows,
    maskSteps: settings.maskSteps,
    largestDrift: Number.POSITIVE_INFINITY, // the checkpoints are known to belong together
  };
}

/** Cleans a victim's weights by a method, at every ratio and every random mask; numbers are means over masks. */
export async function* defendVictim(
  method: string,
  attacked: Attacked,
): AsyncGenerator<RunEvent, PurifyResult, void> {
  const { task, victim, seed, settings } = attacked;
  const defence = encoderDefences.find(({ id }) => id === method)!;
  const defender = defenderOf(attacked);
  const { classifier } = defender;
  const triggered = triggeredRows(task, victimOf(victim), seed);
  const { masks = 1, hasRho } = defence;
  const { grid, tuneSteps } = settings;
  let rules: Record<string, string> = {};
  const measure = async () => {
    const { acc, asr, rules: own } = await measured(classifier, task, triggered);
    rules = own;
    return { acc, asr };
  };
  const shared = { grid, tuneSteps, tuneRate: 3e-4, tryAll: true, measure };
  try {
    const found = [];
    for (let mask = 0; mask < masks; mask++) {
      found.push(await defendEncoder(defence, defender, { ...shared, mask }));
      yield { type: "progress", done: (mask + 1) / masks, message: `mask ${mask + 1} of ${masks}` };
    }
    const { accuracy: heldOut, rho, reached, result, tried } = meanDefence(found);
    return {
      ...noResult,
      heldOut,
      reached,
      rules,
      acc: result.acc!,
      asr: result.asr!,
      rho: hasRho ? rho : null,
      tried: tried.map((one) => ({
        rho: one.rho,
        heldOut: one.accuracy,
        acc: one.result.acc!,
        asr: one.result.asr!,
      })),
    };
  } finally {
    classifier.model.dispose();
  }
}
