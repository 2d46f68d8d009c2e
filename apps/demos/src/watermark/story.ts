import { percentText } from "../drawing/numbers";
import type { Step, Story } from "../story/step";
import { pointAt } from "./frontier-picture";
import { bitsText, chancesText, ofBoth, rightBits } from "./moved";
import { type Scheme, schemes } from "./names";
import type { Marked, State } from "./state";

type Results = readonly Marked[];

const nats = (value: number | null): string => (value === null ? "–" : value.toFixed(2));
const both = (of: (scheme: Scheme) => boolean): boolean => schemes.every(of);

const hidden: Step<State, Marked> = {
  title: "A message in the choice of words",
  look: "texts-part",
  control: "payload",
  states: [{}],
  words:
    "A small model has written two stories, and each hides the letters “Hi”. At every word a key picks a half of the vocabulary, and the mark makes that half likelier. Filled words come from the half that the message favours.",
  question: {
    asks: "Do all words speak for the message?",
    answers: ["all of them", "most, not all", "about half"],
    answer: ([own]: Results) => {
      const { agreeing, speaking } = own!.readings.balanced;
      return agreeing === speaking ? 0 : agreeing > 0.55 * speaking ? 1 : 2;
    },
  },
  sentence: ([own]) =>
    `For the message speak ${ofBoth((scheme) => `${own!.readings[scheme].agreeing} of ${own!.readings[scheme].speaking} words`)}.`,
  holds: ([own]) =>
    both((scheme) => {
      const { agreeing, speaking, isFound } = own!.readings[scheme];
      return isFound && agreeing > speaking / 2 && agreeing < speaking;
    }),
  why: "The mark only leans; where one word is far likelier than all others, it is written whichever half it is in. A reader who has the key counts.",
};

/** Points of both schemes at the strength that is chosen. */
const pointsOf = ({ frontier, state: { strength } }: Marked) => ({
  balanced: pointAt(frontier.balanced, strength),
  plain: pointAt(frontier.plain, strength),
});

const cost: Step<State, Marked> = {
  title: "What a mark costs the text",
  look: "frontier-part",
  control: "strength",
  states: [{}],
  words:
    "To lean is to write odder words. The picture has that price, in {nats} per token, over the share of the message’s {bits} that a reader gets right when a quarter of the words is gone, at five strengths. Low and right is best; the ring is the strength chosen.",
  sentence([own]) {
    const { balanced, plain } = pointsOf(own!);
    if (!balanced || !plain) return "At this strength nothing was measured.";
    return `At strength ${own!.state.strength} a balanced text costs ${nats(balanced.nats)} nats per token and a plain one ${nats(plain.nats)}; with a quarter deleted, ${percentText(balanced.bitsDeleted)} and ${percentText(plain.bitsDeleted)} of the bits are right.`;
  },
  holds: ([own]) => {
    const { balanced, plain } = pointsOf(own!);
    return balanced !== undefined && plain !== undefined && balanced.nats < plain.nats;
  },
  why: "Balanced halves are equally likely to a small model, so that leaning towards one changes less of what would be written. Plain halves merely have equally many words.",
};

const faint: Step<State, Marked> = {
  title: "Lean less",
  look: "texts-part",
  control: "strength",
  states: [{}, { strength: 1.5 }],
  words:
    "How faint may a mark be? {p} is the chance that a text without one has as many words for a message; below a thousandth the mark counts as found. “Show me” writes both stories anew at half the strength.",
  question: {
    asks: "Which mark is still found?",
    answers: ["both", "the balanced one alone", "the plain one alone"],
    answer: ([, own]: Results) => {
      const { balanced, plain } = own!.readings;
      return balanced.isFound === plain.isFound ? 0 : balanced.isFound ? 1 : 2;
    },
  },
  sentence: ([, own]) =>
    `At strength ${own!.state.strength} that chance is ${chancesText(own!)}; the texts cost ${nats(own!.readings.balanced.nats)} and ${nats(own!.readings.plain.nats)} nats per token.`,
  holds: ([strong, own]) =>
    both((scheme) => strong!.readings[scheme].isFound) &&
    own!.readings.balanced.isFound &&
    !own!.readings.plain.isFound,
  why: "One pair of texts: take new ones and it may turn. That a balanced mark is found where a plain one at the same cost is not is the paper’s claim, and what the study found over many texts.",
};

const cut: Step<State, Marked> = {
  title: "Delete a fifth of the words",
  look: "texts-part",
  control: "rate",
  states: [{}, { rate: 0.2 }],
  words:
    "Somebody cuts words out of both stories to be rid of the mark. Each word’s half depends on the words just before it, so each gap also spoils the vote of its neighbours. The paper says that balanced marks outlive more.",
  question: {
    asks: "Which message can still be read better?",
    answers: ["the balanced one", "the plain one", "both alike"],
    answer: ([, own]: Results) => {
      const lead = rightBits(own!, "balanced") - rightBits(own!, "plain");
      return lead > 0 ? 0 : lead < 0 ? 1 : 2;
    },
  },
  sentence: ([, own]) =>
    `With ${percentText(own!.state.rate, 0)} of the words deleted, right are ${bitsText(own!)}.`,
  holds: ([whole, own]) =>
    rightBits(whole!, "balanced") === rightBits(whole!, "plain") &&
    rightBits(own!, "plain") > rightBits(own!, "balanced"),
  why: "Not as the paper says, at equal strength: the plain mark leans harder on the text, as the price in the picture shows. At equal price the study finds the paper’s order.",
};

const stranger: Step<State, Marked> = {
  title: "A reader without the key",
  look: "texts-part",
  control: "key",
  states: [{}, { key: "wrong" }],
  words:
    "The key decides the halves. Who reads with another key sees words fall into other halves, and counts what chance gives.",
  sentence: ([, own]) =>
    `With the wrong key the chance of so much in a text without a mark is ${chancesText(own!)}.`,
  holds: ([own, wrong]) =>
    both((scheme) => own!.readings[scheme].isFound && !wrong!.readings[scheme].isFound),
  why: "So a mark can be checked by those alone who share its key, and nobody else sees that there is one.",
};

/** The story of the watermark's page. */
export const story: Story<State, Marked> = {
  steps: [hidden, cost, faint, cut, stranger],
  outcome: {
    title: "What the study found",
    look: "verdicts",
    words:
      "This page has two texts at a time. The study of this repository wrote texts at eight strengths over paired {seed|seeds}, and compared both schemes at equal quality and at equal success.",
  },
  sides: ["balanced", "plain"],
};
