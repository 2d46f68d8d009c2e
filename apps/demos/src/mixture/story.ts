import { percentText } from "../drawing/numbers";
import type { Step, Story } from "../story/step";
import { offText, riseOf, tunedText } from "./moved";
import type { Kind } from "./pair-names";
import type { Looked, State } from "./state";

type Results = readonly Looked[];

const nats = (loss: number): string => loss.toFixed(3);

/** Shares of the choices of a model's first layer: the busiest expert's, and the idlest one's. */
const extremes = ({ loads }: Looked, kind: Kind) => ({
  busiest: Math.max(...loads[kind]),
  idlest: Math.min(...loads[kind]),
});

const extremesText = (one: Looked, kind: Kind): string => {
  const { busiest, idlest } = extremes(one, kind);
  return `${percentText(busiest)} and ${percentText(idlest)}`;
};

const same: Step<State, Looked> = {
  title: "The same size, cut differently",
  look: "drops-part",
  control: "share-off",
  states: [{}],
  words:
    "In a mixture each letter passes only a few {expert|experts}, which a router chooses. One model here has eight large ones, called coarse. The other has each cut into four fine ones, and one of these is passed by all letters. Size and cost are equal.",
  question: {
    asks: "Which reads text that it has not seen better?",
    answers: ["the large experts", "the small ones", "both equally"],
    answer: ([own]: Results) => {
      const gain = own!.losses.coarse - own!.losses.fine;
      return Math.abs(gain) < 0.005 ? 2 : gain > 0 ? 1 : 0;
    },
  },
  sentence: ([own]) =>
    `The large experts read unseen text at ${nats(own!.losses.coarse)} nats per letter, the small ones at ${nats(own!.losses.fine)}.`,
  holds: ([own]) => own!.losses.fine < own!.losses.coarse,
  why: "A lower {loss} is better. Seven of 31 can be combined in far more ways than two of eight: that is the paper’s reason, which no run here tests.",
};

const busy: Step<State, Looked> = {
  title: "Some are busier than others",
  look: "models-part",
  control: "share-off",
  states: [{}],
  words:
    "Each cell is an expert; the darker it is, the more often the router chooses it. Training pushes the router to spread its choices. Point at a letter of the texts that the models write to see who wrote it.",
  sentence: ([own]) =>
    `In the first layer the busiest and the idlest large expert get ${extremesText(own!, "coarse")} of the choices, the busiest and the idlest small one ${extremesText(own!, "fine")}.`,
  holds: ([own]) => {
    const times = (kind: Kind) => extremes(own!, kind).busiest / extremes(own!, kind).idlest;
    return times("coarse") > 1.5 && times("fine") > 1.5;
  },
  why: "The push is weak on purpose: an expert that is good at something should be chosen for it.",
};

const quarter: Step<State, Looked> = {
  title: "Switch the busiest quarter off",
  look: "drops-part",
  control: "share-off",
  states: [{}, { share: 2 }],
  words:
    "If each expert knows something of its own, nobody can stand in for it. So switch the busiest quarter of both models off: the paper expects the small ones to be missed more.",
  question: {
    asks: "Which model loses more?",
    answers: ["the one of large experts", "the one of small ones"],
    answer: ([, off]: Results) => (riseOf(off!, "coarse") > riseOf(off!, "fine") ? 0 : 1),
  },
  sentence: ([, off]) => offText(off!),
  holds: ([on, off]) =>
    riseOf(on!, "coarse") === 0 &&
    riseOf(off!, "coarse") > 0 &&
    riseOf(off!, "fine") > riseOf(off!, "coarse"),
  why: "As the paper has it: a small expert that is gone is missed more than its share of a large one.",
};

const most: Step<State, Looked> = {
  title: "Now three quarters",
  look: "drops-part",
  control: "share-off",
  states: [{}, { share: 6 }],
  words:
    "Drag on, until a letter has hardly a choice left. The curves show both models at each share; the steeper one is missed more.",
  question: {
    asks: "Which model loses more now?",
    answers: ["the one of large experts", "the one of small ones"],
    answer: ([, off]: Results) => (riseOf(off!, "coarse") > riseOf(off!, "fine") ? 0 : 1),
  },
  sentence: ([, off]) => offText(off!),
  holds: ([, off]) => riseOf(off!, "coarse") > riseOf(off!, "fine"),
  why: "The other way round. A guess: the shared expert, which stays on, keeps what all letters need, and the large ones have nobody for that.",
};

const tuned: Step<State, Looked> = {
  title: "Teach only those that a task uses",
  look: "tuned-part",
  control: "p",
  states: [{}],
  words:
    "ESFT asks which small experts a task uses, and trains only those: in each layer the fewest that have the share {p} of the task’s choices. The task turns requests into calls; the text that the model learned before is not in it.",
  question: {
    asks: "Which way forgets less of the first text?",
    answers: ["training the chosen experts", "training all weights"],
    answer: ([own]: Results) =>
      own!.tuning && own!.tuning.tuned.experts.loss < own!.tuning.tuned.all.loss ? 0 : 1,
  },
  sentence: ([own]) =>
    own!.tuning ? tunedText(own!.tuning) : "These models have not been tuned yet.",
  holds: ([own]) => {
    if (!own!.tuning) return false;
    const { before, tuned } = own!.tuning;
    const { experts, all } = tuned;
    return (
      experts.weights < all.weights &&
      experts.accuracy > 2 * before.accuracy &&
      experts.loss < all.loss
    );
  },
  why: "What is not trained cannot forget. The price is a little of the task; and each way has its own rate here, which matters as much (see below the table).",
};

/** The story of the mixture's page. */
export const story: Story<State, Looked> = {
  steps: [same, busy, quarter, most, tuned],
  outcome: {
    title: "What the study found",
    look: "verdicts",
    words:
      "This page has one pair of small models. The study of this repository trained the paper’s models at equal size and cost over paired {seed|seeds}: the quality came out as claimed; whether its experts are missed more stayed open.",
  },
  sides: ["coarse", "fine"],
};
