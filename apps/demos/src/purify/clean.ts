import {
  evaluate,
  type PurifyReport,
  purify,
  seededRandom,
  shuffled,
} from "@deepgrain/fine-purify";
import {
  type Defender,
  defendEncoder,
  defenderFisher,
  predictRows,
  setWeights,
  weightsOf,
} from "@deepgrain/fine-purify/encoders";
import { classifierOf, type TokenRow } from "@deepgrain/fine-purify/miniature";
import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { STEPS } from "./limits";
import { attackWith, taskOf, triggeredRows, type Victim } from "./victim";
import { TRIGGER } from "./words";

/** Shares of test rows, 0 to 1. */
export interface Rates {
  /** Of clean rows that are classified right. */
  acc: number;
  /** Of rows with the trigger that are classified as the attacker wants, among those of other classes. */
  asr: number;
  /** How many rows those are. */
  flipped: number;
  /** Rows with the trigger of other classes. */
  triggered: number;
}

export type Histogram = NonNullable<PurifyReport["histogram"]>;

/** The rest of an attack at a reserve ratio. */
export interface Outcome {
  seed: number;
  /** The secret word. */
  word: string;
  rho: number;
  /** The encoder as it was found. */
  suspect: Rates;
  /** With as many weights reset, chosen at random, and fine-tuned on the clean rows. */
  random: Rates;
  /** With the weights reset that δ²/Ĥ chooses, and fine-tuned likewise. */
  purified: Rates;
  /** Weights that could be reset, and the share that was. */
  weights: number;
  share: number;
  /** δ²/Ĥ of all weights; its Gammas are null where nothing was reset or they could not be told apart. */
  histogram: Histogram;
}

/** A suspect encoder with all that its defender and the tests need. */
export type Case = Awaited<ReturnType<typeof openCase>>;

/** The rate of fine-tuning after a cleaning, as the study has it. */
const TUNE_RATE = 3e-4;

/** Prepares the defence of a victim. */
export async function openCase(
  seed: number,
  { init, finetuned }: Victim,
  signal: AbortSignal,
  word: string = TRIGGER,
) {
  const task = taskOf(seed);
  const classifier = classifierOf(task, init, seed);
  const defender: Defender<TokenRow> = {
    init,
    finetuned,
    seed,
    signal,
    classifier,
    clean: shuffled(task.clean, seededRandom(6000 + seed)),
    heldOut: task.heldOut,
    threshold: 0, // every ratio is looked at
    counts: task.counts,
    largestDrift: Number.POSITIVE_INFINITY, // the checkpoints are known to belong together
  };
  const triggered = triggeredRows(task, seed, word);
  const { target } = attackWith(word);
  const measure = async (): Promise<Rates> => {
    const predict = (rows: readonly TokenRow[]) => predictRows(classifier, rows);
    const { acc, asr } = await evaluate(predict, { clean: task.test, triggered, target });
    const { value, size } = asr!;
    return { acc: acc!.value, asr: value, flipped: Math.round(value * size), triggered: size };
  };
  const fisher = await defenderFisher(defender, "init");
  setWeights(classifier.model, finetuned);
  return { seed, word, defender, fisher, measure, suspect: await measure() };
}

/** Resets weights by an indicator, and fine-tunes on the clean rows. */
async function defended(
  own: Case,
  { indicator, rho }: { indicator: "r" | "random"; rho: number },
  signal: AbortSignal,
): Promise<{ rates: Rates; report: PurifyReport; weights: NamedTensors }> {
  const { defender, fisher, seed, measure } = own;
  const { init, finetuned, largestDrift, classifier } = defender;
  const options = { indicator, rho, fisher, seed, largestDrift, signal };
  const { weights, report } = await purify(init, finetuned, options);
  const apply = async () => setWeights(classifier.model, weights);
  const { result: rates } = await defendEncoder(
    { id: indicator, name: indicator, hasRho: true, apply },
    { ...defender, signal },
    { grid: [rho], tuneSteps: STEPS.tune, tuneRate: TUNE_RATE, measure },
  );
  return { rates, report, weights: weightsOf(classifier.model) };
}

/**
 * The indicator of all weights, with the two Gammas of its split at ρ where there are two. What they predict is rounded to
 * hundredths of a weight: browsers differ in the last digit of an exponential.
 */
async function histogramAt(own: Case, rho: number, signal: AbortSignal): Promise<Histogram> {
  const { init, finetuned, largestDrift } = own.defender;
  const shared = { fisher: own.fisher, largestDrift, signal };
  const plain = () => purify(init, finetuned, { ...shared, rho: 0.5 });
  const split = () => purify(init, finetuned, { ...shared, rho, mode: "soft" });
  const isInseparable = (error: unknown) =>
    (error as { code?: unknown } | null)?.code === "ERR_NO_SEPARATION";
  const { report } =
    rho === 1
      ? await plain()
      : await split().catch((error: unknown) => {
          if (isInseparable(error)) return plain();
          throw error;
        });
  const { fitted, ...rest } = report.histogram!;
  const rounded = (counts: readonly number[]) => counts.map((count) => Number(count.toFixed(2)));
  return {
    ...rest,
    fitted: fitted && { clean: rounded(fitted.clean), poisonous: rounded(fitted.poisonous) },
  };
}

/** Cleans a suspect encoder at a reserve ratio, by the indicator and at random. */
export async function cleanAt(
  own: Case,
  rho: number,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; weights: NamedTensors }> {
  const random = await defended(own, { indicator: "random", rho }, signal);
  const { rates, report, weights } = await defended(own, { indicator: "r", rho }, signal);
  const outcome: Outcome = {
    seed: own.seed,
    word: own.word,
    rho,
    suspect: own.suspect,
    random: random.rates,
    purified: rates,
    weights: report.weights,
    share: report.purified,
    histogram: await histogramAt(own, rho, signal),
  };
  return { outcome, weights };
}
