import {
  type Claim,
  measure,
  type Primary,
  type Quantity,
  type UnaskedClaim,
} from "@deepgrain/lab";
import type { AnchorMeasures, ComparisonResult, LookAlikeMeasures } from "./comparison-result";

type Own = Quantity<ComparisonResult>;

/** All that is measured here are shares. */
const SHARE = [0, 1] as const;

/** A number of the models with flow, isolation, attention and compression. */
const ofAnchors =
  (name: string, subject: string, read: (m: AnchorMeasures) => number | undefined) =>
  (id: "anchors" | "control"): Own => ({
    ...measure(
      name,
      ({ anchors }: ComparisonResult) => (anchors ? read(anchors) : undefined),
      SHARE,
    )(id),
    subject: id === "anchors" ? subject : `control, ${subject}`,
  });

const ofLookAlike = (
  name: string,
  subject: string,
  read: (m: LookAlikeMeasures) => number,
): Own => ({
  ...measure(
    name,
    ({ lookAlike }: ComparisonResult) => (lookAlike ? read(lookAlike) : undefined),
    SHARE,
  )("look-alike"),
  subject,
});

/** Names of the words that are blocked. */
export const targetNames = { labels: "label words", random: "random tokens" } as const;

const isolated = (target: "labels" | "random", where: "first" | "last", layers = 2) =>
  ofAnchors(
    "label loyalty",
    `${targetNames[target]} cut, ${where} ${layers} layers`,
    ({ isolation }) => {
      const found = isolation.find(
        (row) => row.target === target && row.where === where && row.layers === layers,
      );
      return found?.labelLoyalty;
    },
  );

const compressed = (variant: string, queryPositions = "continue") =>
  ofAnchors("label loyalty", variant, ({ compression }) => {
    const found = compression.find(
      (row) => row.variant === variant && row.queryPositions === queryPositions,
    );
    return found?.labelLoyalty;
  });

const relative = (kind: "wp" | "pq", layer: number) =>
  ofAnchors("flow", `S_${kind}, layer ${layer}`, (m) => m.relative[layer]?.[kind]);
const shallow = ofAnchors("flow", "S_wp, layers 0–1", (m) =>
  Math.max(m.relative[0]!.wp, m.relative[1]!.wp),
);
const area = (layer: number) => ofAnchors("AUCROC", `layer ${layer}`, ({ auc }) => auc[layer]);

const accuracy = (key: "vanilla" | "reweighted" | "twoShots", name: string) =>
  ofLookAlike("accuracy", name, (m) => m[key]);

/** The diagnosis at layer 2, as far up as the paper's: two thirds. */
const diagnosed = ({ diagnosis }: LookAlikeMeasures) => diagnosis.find(({ layer }) => layer === 2)!;

const primary = (sentence: string, words: string): Primary => ({
  sentence,
  words,
  seeds: 5,
  named: "after the run",
});

/** The questions to the models with anchors, and to those whose classes look alike. */
const [TOPICS, ALIKE] = ["made-up topics", "made-up topics that look alike"];

/**
 * The abstract's claims, then what else the paper shows, and for the control that the same tools do not find anchors where there are
 * none.
 * @see Wang et al. 2023 (arXiv 2305.14160)
 */
export const claims: readonly Claim<ComparisonResult>[] = [
  {
    experiment: "A-2",
    lower: isolated("labels", "first")("anchors"),
    higher: isolated("random", "first")("anchors"),
    margin: 0.1,
    paper: "labels matter in shallow layers (figure 4)",
    scope: TOPICS,
    primary: primary(
      "Label words gather the demonstrations' information in shallow layers",
      "semantic information aggregates into label word representations during the shallow computation layers' processing",
    ),
  },
  {
    experiment: "A-3",
    lower: area(0)("anchors"),
    higher: area(2)("anchors"),
    margin: 0.1,
    paper: "about 0.8 in deep layers (figure 5)",
    scope: TOPICS,
    primary: primary(
      "The answer is read from label words in deep layers",
      "the consolidated information in label words serves as a reference for LLMs' final predictions",
    ),
  },
  {
    experiment: "A-4",
    lower: accuracy("vanilla", "1 demonstration per class"),
    higher: accuracy("reweighted", "re-weighted"),
    margin: 0.03,
    paper: "0.519 < 0.686 (table 1)",
    scope: ALIKE,
    better: "higher",
    primary: primary(
      "Re-weighting label words improves in-context learning",
      "an anchor re-weighting method to improve ICL performance",
    ),
  },
  {
    experiment: "A-5",
    lower: compressed("hidden-random")("anchors"),
    higher: compressed("hidden-anchor")("anchors"),
    margin: 0.1,
    paper: "0.490 < 0.795 (table 2)",
    scope: TOPICS,
    better: "higher",
    primary: primary(
      "Demonstrations can be compressed to their label words",
      "a demonstration compression technique to expedite inference",
    ),
  },
  {
    experiment: "A-6",
    lower: ofLookAlike("predicted distance, layer 2", "siblings", (m) => diagnosed(m).siblings),
    higher: ofLookAlike("predicted distance, layer 2", "all pairs", (m) => diagnosed(m).all),
    margin: 0.1,
    paper: "close keys are confused (figure 6)",
    scope: ALIKE,
    primary: primary(
      "Errors are predicted from label words: classes with close keys are confused",
      "an analysis framework for diagnosing ICL errors in GPT2-XL",
    ),
  },
  {
    experiment: "A-1",
    lower: relative("wp", 3)("anchors"),
    higher: shallow("anchors"),
    paper: "S_wp falls with depth (figure 3)",
  },
  {
    experiment: "A-1",
    lower: relative("wp", 3)("anchors"),
    higher: relative("pq", 3)("anchors"),
    paper: "S_pq leads in deep layers (figure 3)",
  },
  {
    experiment: "A-2",
    lower: isolated("labels", "first")("anchors"),
    higher: isolated("labels", "last")("anchors"),
    paper: "labels do not matter in deep layers (figure 4)",
  },
  {
    experiment: "A-4",
    lower: accuracy("twoShots", "2 demonstrations per class"),
    higher: accuracy("reweighted", "re-weighted"),
    paper: "0.469 (5 per class) < 0.686 (table 1)",
  },
  {
    experiment: "A-5",
    lower: compressed("text-anchor")("anchors"),
    higher: compressed("hidden-anchor")("anchors"),
    paper: "0.511 < 0.795 (table 2)",
  },
  {
    experiment: "control",
    lower: isolated("random", "first")("control"),
    higher: isolated("labels", "first")("control"),
    paper: "no such model; the reverse of A-2",
  },
  {
    experiment: "control",
    lower: compressed("hidden-anchor")("control"),
    higher: compressed("hidden-random")("control"),
    paper: "no such model; the reverse of A-5",
  },
];

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "Compressed demonstrations speed up inference",
    paper: "1.1 to 2.5 times (GPT2-XL)",
    why: "at a width of 32 the time of a prompt is not that of its attention",
  },
];
