import { having, oneOf, optionsOf, PurifyError, refuseUnknown } from "../errors";
import { type OnionFilterOptions, onionFilter } from "./onion-filter";
import { predictRows } from "./row-classifier";
import {
  rapScreen,
  type Screen,
  type ScreenOptions,
  screenedClasses,
  stripScreen,
} from "./screens";
import { textPerplexities } from "./text-perplexities";
import { type TextClassifier, type TextRow, textRowJson } from "./text-rows";

/** A defence that looks at texts on their way into a classifier, whose model stays as it is. */
export interface TextDefence {
  readonly threshold: number;
  /** Inspects rows: returns for each its JSON value with the findings, and whether it was refused or lost words. */
  look(rows: readonly TextRow[]): Promise<{ record: object; touched: boolean }[]>;
  /** The classes that result, −1 for refused rows. */
  classes(rows: readonly TextRow[]): Promise<number[]>;
}

/** Options of `textDefence`. */
export interface TextDefenceOptions extends ScreenOptions<TextRow> {
  /** `strip` and `rap` refuse rows, `onion` takes words out of them. */
  readonly method: "strip" | "rap" | "onion";
  /** STRIP: changed copies per row, and the share of words that are replaced. */
  readonly copies?: number | undefined;
  readonly ratio?: number | undefined;
  /** RAP: a rare word that is one token, the class that it protects, and how its embedding is trained. */
  readonly rapWord?: string | undefined;
  readonly protectedClass?: number | undefined;
  readonly epochs?: number | undefined;
  readonly rate?: number | undefined;
  /** ONION: folder of a language model. */
  readonly languageModel?: string | undefined;
  readonly threshold?: number | undefined;
  readonly onProgress?: OnionFilterOptions<TextRow>["onProgress"];
}

const refuse = (problem: string): never => {
  throw new PurifyError("ERR_ARGUMENT", `fine-purify/textDefence: ${problem}`);
};

async function filtering(
  classifier: TextClassifier,
  { languageModel, clean, threshold, onProgress, signal }: TextDefenceOptions,
): Promise<TextDefence> {
  if (languageModel === undefined) return refuse("onion needs a languageModel");
  const perplexities = await textPerplexities(languageModel, signal);
  const options = { clean, threshold, onProgress, signal };
  const found = await onionFilter<string, TextRow>(classifier, perplexities, options);
  return {
    threshold: found.threshold,
    look: async (rows) =>
      (await found.filter(rows)).map(({ row, removed }) => ({
        record: { ...textRowJson(row), removed },
        touched: removed > 0,
      })),
    classes: async (rows) =>
      predictRows(
        classifier,
        (await found.filter(rows)).map(({ row }) => row),
      ),
  };
}

function rapScreenOf(classifier: TextClassifier, options: TextDefenceOptions) {
  const { clean, frr, seed, signal, rapWord = "mb", epochs, rate, protectedClass } = options;
  const [wordId, ...more] = classifier.tokenizer.encode(` ${rapWord}`, { addSpecialTokens: false });
  if (wordId === undefined || more.length > 0)
    return refuse(`rapWord must be one token of the model, ${rapWord} is ${1 + more.length}`);
  const shared = { clean, frr, seed, signal };
  const own = { rapWord, epochs, rate, wordId, protectedClass: protectedClass ?? 0 };
  return rapScreen<string, TextRow>(classifier, { ...shared, ...own });
}

async function screening(
  classifier: TextClassifier,
  options: TextDefenceOptions,
): Promise<TextDefence> {
  const { method, clean, frr, seed, copies, ratio, signal } = options;
  if (clean.length === 0) return refuse(`${method} needs clean rows`);
  const shared = { clean, frr, seed, copies, ratio, signal };
  const screen: Screen<TextRow> =
    method === "strip"
      ? await stripScreen<string, TextRow>(classifier, shared)
      : await rapScreenOf(classifier, options);
  return {
    threshold: screen.threshold,
    async look(rows) {
      const scores = await screen.scores(rows);
      const refused = await screen.refuses(rows);
      return rows.map((row, i) => ({
        record: { ...textRowJson(row), score: scores[i]!, refused: refused[i]! },
        touched: refused[i]!,
      }));
    },
    classes: (rows) => screenedClasses(classifier, screen, rows),
  };
}

/**
 * Prepares STRIP, RAP or ONION for a classifier of texts.
 *
 * @throws {PurifyError} `ERR_ARGUMENT` for options that the method lacks; as `stripScreen`, `rapScreen` and `onionFilter`
 */
export const textDefence = (
  classifier: TextClassifier,
  options: TextDefenceOptions,
): Promise<TextDefence> => {
  const { method, ...settings } = optionsOf("textDefence", options);
  const { clean, frr, seed, signal, copies, ratio, rapWord, protectedClass, ...more } = settings;
  const { epochs, rate, languageModel, threshold, onProgress, ...rest } = more;
  refuseUnknown("textDefence", rest);
  oneOf("textDefence", "method", method, ["strip", "rap", "onion"]);
  having("textDefence", "classifier", classifier, "tokenizer", "length");
  return (method === "onion" ? filtering : screening)(classifier, options);
};
