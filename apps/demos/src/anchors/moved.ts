import { percentText } from "../drawing/numbers";
import type { Cut } from "./look";
import type { Both, ModelName } from "./names";
import type { PromptAnswer } from "./reading";
import type { Seen } from "./state";

/** A value of each model. */
export const both = <T>(of: (name: ModelName) => T): Both<T> => ({
  anchors: of("anchors"),
  control: of("control"),
});

/** The cut of the settings; undefined where no layer is cut. */
export const cutOf = ({ of, looks }: Seen, name: ModelName): Cut | undefined =>
  looks[name].cuts.find(({ where, layers }) => where === of.where && layers === of.layers);

/** Shares of answers that stay under the cut. */
export const stays = (seen: Seen): Both<number> =>
  both((name) => cutOf(seen, name)?.labelLoyalty ?? 1);

/** Answers to the prompt under the cut. */
export const said = ({ of, reading }: Seen): Both<PromptAnswer> =>
  both((name) => {
    const { whole, cuts } = reading.models[name];
    return cuts.find(({ where, layers }) => where === of.where && layers === of.layers) ?? whole;
  });

/** 28 % */
export const percent = (share: number): string => percentText(share, 0);

/** "the first 2 layers" */
export const placeText = ({ where, layers }: Seen["of"]): string =>
  `the ${where} ${layers === 1 ? "layer" : `${layers} layers`}`;

/** "Label words cut off in the first 2 layers" */
export function cutText(of: Seen["of"]): string {
  if (of.layers === 0) return "No word cut off";
  const words = of.target === "labels" ? "Label words" : "As many random words";
  return `${words} cut off in ${placeText(of)}`;
}

/** The answers that stay, in a sentence. */
export function staysText(seen: Seen): string {
  const { anchors, control } = stays(seen);
  return `${cutText(seen.of)}: ${percent(anchors)} of the answers stay where label words are read, ${percent(control)} in the other model.`;
}

const answerText = ({ label, sure }: PromptAnswer) => `${label} (${percent(sure)})`;

/** The layer's flow in a sentence. */
export function flowText({ of: { layer }, reading: { models } }: Seen): string {
  const { anchors, control } = both((name) => models[name].flow[layer - 1]!);
  return `Layer ${layer}: ${percent(anchors.into)} of the flow runs into label words and ${percent(anchors.from)} from them into the answer where label words are read; ${percent(control.into)} and ${percent(control.from)} in the other model.`;
}

/** The change that a move has made, in a sentence. */
export function movedText(before: Seen["of"], after: Seen): string {
  const { of, reading } = after;
  if (before.seed === of.seed && before.prompt !== of.prompt) {
    const { anchors, control } = both((name) => answerText(reading.models[name].whole));
    return `To this prompt the model that reads label words says ${anchors}, the other ${control}.`;
  }
  if (before.layer !== of.layer) return flowText(after);
  return staysText(after);
}
