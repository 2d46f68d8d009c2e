import type { Labelled } from "../attacks/labelled";
import { rapDrops } from "../defences/rap";
import { type Classify, stripEntropies } from "../defences/strip";
import {
  assertShare,
  having,
  listOf,
  optionsOf,
  PurifyError,
  real,
  refuseUnknown,
  whole,
} from "../errors";
import { rejectionThreshold } from "../metrics/detection";
import { seededRandom } from "../random";
import { tuneRapWord } from "../training/tune-rap-word";
import { predictRows, type RowClassifier, rowProbabilities } from "./row-classifier";
import { wordTableName } from "./units";

/** A defence at inference time that checks each row and rejects some. */
export interface Screen<T> {
  /** Rows that score lower are rejected. */
  readonly threshold: number;
  /** The score of each row: low for poisoned ones. */
  scores(rows: readonly T[]): Promise<number[]>;
  /** Whether each row is rejected. */
  refuses(rows: readonly T[]): Promise<boolean[]>;
}

/** Options that screens share. */
export interface ScreenOptions<T> {
  /** Clean rows that the classifier was not trained on: the threshold comes from them. */
  clean: readonly T[];
  /** Share of clean rows that may be rejected. Default 0.01. */
  frr?: number | undefined;
  /** Default 0. */
  seed?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Probabilities for variants of the same rows, with the same number of variants per row. */
const classifyLike =
  <W, T extends Labelled<W>>(
    classifier: RowClassifier<T>,
    rows: readonly T[],
    signal: AbortSignal | undefined,
  ): Classify<W> =>
  (texts) => {
    const like = (i: number) => rows[Math.floor((i * rows.length) / texts.length)]!;
    const own = texts.map((words, i) => ({ ...like(i), words }));
    return rowProbabilities(classifier, own, { signal });
  };

/** Options of {@link stripScreen}. */
export interface StripScreenOptions<T> extends ScreenOptions<T> {
  /** As of `stripEntropies`. */
  copies?: number | undefined;
  ratio?: number | undefined;
}

/**
 * STRIP for a classifier: rejects rows whose prediction stays too certain when part of their words are replaced.
 *
 * @throws {PurifyError} as `stripEntropies` and `rejectionThreshold`
 * @see Gao et al. 2021 (STRIP)
 */
export async function stripScreen<W, T extends Labelled<W>>(
  classifier: RowClassifier<T>,
  options: StripScreenOptions<T>,
): Promise<Screen<T>> {
  const {
    clean,
    frr = 0.01,
    seed = 0,
    copies,
    ratio,
    signal,
    ...rest
  } = optionsOf("stripScreen", options);
  refuseUnknown("stripScreen", rest);
  if (copies !== undefined) whole("stripScreen", "copies", copies, { min: 1 });
  if (ratio !== undefined) assertShare("stripScreen", "ratio", ratio);
  assertShare("stripScreen", "frr", frr);
  listOf("stripScreen", "clean", clean);
  const pool = clean.map(({ words }) => words as readonly W[]);
  const scores = (rows: readonly T[]) =>
    stripEntropies<W>(
      rows.map(({ words }) => words as readonly W[]),
      pool,
      classifyLike<W, T>(classifier, rows, signal),
      { copies, ratio, random: seededRandom(seed) },
    );
  const threshold = rejectionThreshold(await scores(clean), frr);
  const refuses = async (rows: readonly T[]) => (await scores(rows)).map((own) => own < threshold);
  return { threshold, scores, refuses };
}

/** Options of {@link rapScreen}. */
export interface RapScreenOptions<T, W> extends ScreenOptions<T> {
  /** A rare word, and its row of the embedding table. */
  rapWord: W;
  wordId: number;
  /** Class that an attacker would aim at. */
  protectedClass: number;
  /** Epochs over the clean rows of that class. Default 5. */
  epochs?: number | undefined;
  /** Learning rate of the word's embedding. Default 1e-2. */
  rate?: number | undefined;
}

/** Weights of the drop term in RAP's loss, tried until the probabilities of clean rows drop. */
const SCALES = [1, 2, 4, 8, 16];

/**
 * RAP for a classifier: rejects rows of the protected class whose probability does not drop when a word that was
 * trained for this purpose is placed before them. Rows of other classes are accepted. The weight of the drop term
 * doubles until the threshold is not negative. The model keeps its weights: the word's embedding is used only for the
 * scores.
 *
 * @throws {PurifyError} `ERR_DATA` without clean rows of the protected class; `ERR_RANGE` for a word outside of the table; as
 *   `tuneRapWord`
 * @see Yang et al. 2021 (RAP), section 4
 */
export async function rapScreen<W, T extends Labelled<W>>(
  classifier: RowClassifier<T>,
  options: RapScreenOptions<T, W>,
): Promise<Screen<T>> {
  const {
    clean,
    frr = 0.01,
    seed = 0,
    rapWord,
    wordId,
    protectedClass,
    epochs = 5,
    rate = 1e-2,
    signal,
    ...rest
  } = optionsOf("rapScreen", options);
  refuseUnknown("rapScreen", rest);
  whole("rapScreen", "epochs", epochs, { min: 1 });
  real("rapScreen", "rate", rate, { min: 0 });
  assertShare("rapScreen", "frr", frr);
  listOf("rapScreen", "clean", clean);
  const { model } = classifier;
  const own = clean.filter(({ label }) => label === protectedClass);
  if (own.length === 0)
    throw new PurifyError(
      "ERR_DATA",
      `fine-purify/rapScreen: there are no clean rows of the protected class ${protectedClass}`,
      { fields: { protectedClass } },
    );
  const table = model.namedWeights().get(wordTableName(model))!;
  whole("rapScreen", "wordId", wordId, { min: 0, max: table.shape[0]! - 1 });
  const row = () => table.narrow(0, wordId, 1);
  const first = row().dataSync().slice();
  let trained = first;
  const scores = async (rows: readonly T[]) => {
    row().set(trained);
    try {
      const texts = rows.map(({ words }) => words as readonly W[]);
      const classify = classifyLike<W, T>(classifier, rows, signal);
      return await rapDrops<W>(texts, classify, { rapWord, protectedClass });
    } finally {
      row().set(first);
    }
  };
  const marked = (rows: readonly T[]) =>
    rows.map((one) => ({ ...one, words: [rapWord, ...(one.words as readonly W[])] }));
  let threshold = Number.NEGATIVE_INFINITY;
  for (const scale of SCALES) {
    try {
      const events = tuneRapWord(model.eval(), table, wordId, own, {
        logits: (rows, isMarked) => model.forward(classifier.batch(isMarked ? marked(rows) : rows)),
        protectedClass,
        scale,
        epochs,
        lr: rate,
        seed,
        signal,
      });
      for await (const _ of events);
      trained = row().dataSync().slice();
    } finally {
      row().set(first);
    }
    threshold = rejectionThreshold(await scores(own), frr);
    if (threshold >= 0) break;
  }
  const refuses = async (rows: readonly T[]) => {
    const drops = await scores(rows);
    const classes = await predictRows(classifier, rows, { signal });
    return drops.map((drop, i) => classes[i] === protectedClass && drop < threshold);
  };
  return { threshold, scores, refuses };
}

/** The class of each row, −1 if the screen rejects it: neither correct nor a success of the attack. */
export async function screenedClasses<T extends { label: number }>(
  classifier: RowClassifier<T>,
  screen: Screen<T>,
  rows: readonly T[],
): Promise<number[]> {
  having("screenedClasses", "classifier", classifier, "model", "batch");
  const refused = await screen.refuses(rows);
  const classes = await predictRows(classifier, rows);
  return classes.map((own, i) => (refused[i] ? -1 : own));
}
