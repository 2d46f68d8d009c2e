import { percentText, scientific } from "../drawing/numbers";
import type { Step, Story } from "../story/step";
import { largerRun } from "./moved";
import type { Looked, State } from "./state";

type Results = readonly Looked[];

/** The larger run as the law foretells it, and as it was measured. */
const larger = ({ look }: Looked) => largerRun(look)!;
const lawError = (one: Looked): number =>
  Math.abs(larger(one).predicted.value - larger(one).measured);
const ownError = (one: Looked): number => Math.abs(one.state.guess - larger(one).measured);
const bits = (loss: number): string => loss.toFixed(3);
/** How far the ends of an interval lie apart. */
const spread = ({ lower, upper }: { lower: number | null; upper: number | null }): number =>
  upper! - lower!;
const planOf = ({ look: { plan } }: Looked) => plan;
/** How many times as large a part of the plan has become. */
const growth = (
  [one, other]: Results,
  part: "model" | "tokens",
  by: "plan" | "paper" = "plan",
): number => other!.look[by][part]!.value / one!.look[by][part]!.value;
const times = (factor: number): string => factor.toFixed(1);

const foretold: Step<State, Looked> = {
  title: "Foretell it yourself",
  look: "losses",
  control: "foretell",
  states: [{}, { guess: 2.71 }],
  words:
    "Each dot is a small training; those in a column spent the same compute, in {FLOPs}. One more model was trained with four times the most. Drag the ring to the loss that you expect, and press “Reveal”; “Show me” expects no gain at all.",
  question: {
    asks: "Who will be nearer to what was measured?",
    answers: ["the one who drags", "the law"],
    answer: ([, own]: Results) => (ownError(own!) < lawError(own!) ? 0 : 1),
  },
  sentence: ([, own]) =>
    `Foretold here were ${bits(own!.state.guess)} bits per byte, off by ${bits(ownError(own!))}; by the law ${bits(larger(own!).predicted.value)}, off by ${bits(lawError(own!))}. Measured were ${bits(larger(own!).measured)}.`,
  holds: ([before, own]) =>
    before!.state.guess === 0 && own!.state.guess > 0 && lawError(own!) < ownError(own!),
  why: "Where both axes count by powers, the best losses lie along a line, and a line can be drawn on. Nobody promises that it stays one.",
};

const hidden: Step<State, Looked> = {
  title: "How much does a law need?",
  look: "losses",
  control: "hidden",
  states: [{ guess: 2.71 }, { guess: 2.71, hidden: 1 }],
  words:
    "The law rests on five budgets. “Show me” hides the largest from it, so that it sees four and has to reach twice as far. The band is the interval in which it is 95 % sure of the loss.",
  question: {
    asks: "How far apart are the ends of the interval then?",
    answers: ["as far as before", "twice as far or more"],
    answer: ([all, fewer]: Results) =>
      spread(larger(fewer!).predicted) < 2 * spread(larger(all!).predicted) ? 0 : 1,
  },
  sentence: ([all, fewer]) =>
    `With all budgets it is off by ${bits(lawError(all!))}, with an interval of ${bits(spread(larger(all!).predicted))}; without the largest by ${bits(lawError(fewer!))}, with one of ${bits(spread(larger(fewer!).predicted))}.`,
  holds: ([all, fewer]) =>
    lawError(fewer!) > lawError(all!) &&
    spread(larger(fewer!).predicted) > 2 * spread(larger(all!).predicted),
  why: "Few points leave the slope open, and the further a line is drawn on, the more its slope matters. Hiding two makes it no worse here: luck counts among so few.",
};

const spent: Step<State, Looked> = {
  title: "A larger model, or more data?",
  look: "plan-part",
  control: "budget",
  states: [{ budget: 10 }, { budget: 12 }],
  words:
    "Compute is the size of the model times the {token|tokens} that it reads. A second law says how to split it. “Show me” drags the budget to 100 times as much.",
  question: {
    asks: "Which should grow more?",
    answers: ["the model", "both alike", "the data"],
    answer: (results: Results) => {
      const [model, data] = [growth(results, "model"), growth(results, "tokens")];
      return model > 1.2 * data ? 0 : data > 1.2 * model ? 2 : 1;
    },
  },
  sentence: ([one, other]) =>
    `With ${times(planOf(other!).flops / planOf(one!).flops)} times the compute the model grows ${times(growth([one!, other!], "model"))} times and the data ${times(growth([one!, other!], "tokens"))} times; by DeepSeek LLM’s law ${times(growth([one!, other!], "model", "paper"))} and ${times(growth([one!, other!], "tokens", "paper"))}.`,
  holds: (results) => {
    const [model, data] = [growth(results, "model"), growth(results, "tokens")];
    return model > 1 && data > 1.2 * model && growth(results, "model", "paper") > model;
  },
  why: "The split depends on the data: the paper found that better data should go into larger models. A guess: our models are so small that they have hardly begun to read.",
};

const far: Step<State, Looked> = {
  title: "Too far out",
  look: "plan-part",
  control: "budget",
  states: [{ budget: 12 }, { budget: 24 }],
  words:
    "Now ask for the budget of a large company, a million million times as much. The table says how far that lies outside of what the law has seen, and gives the loss an interval.",
  sentence: ([near, far]) =>
    `At ${scientific(planOf(near!).flops)} FLOPs the loss lies between ${bits(planOf(near!).loss!.lower!)} and ${bits(planOf(near!).loss!.upper!)}; at ${scientific(planOf(far!).flops)}, between ${bits(planOf(far!).loss!.lower!)} and ${bits(planOf(far!).loss!.upper!)}: an interval of ${percentText(width(far!), 0)} of the loss instead of ${percentText(width(near!), 0)}.`,
  holds: ([near, far]) => width(far!) > 4 * width(near!),
  why: "A small error of the slope grows with the distance. The interval does not even know the worst: that the line may bend.",
};

/** The interval of a plan's loss, as a share of it. */
const width = (one: Looked): number => spread(planOf(one).loss!) / planOf(one).loss!.value;

/** The story of the page of scaling laws. */
export const story: Story<State, Looked> = {
  steps: [foretold, hidden, spent, far],
  outcome: {
    title: "What the study found",
    look: "verdicts",
    words:
      "This page has one corpus. The study of this repository fits the laws on two, over several {seed|seeds}, and asks whether a law foretells a larger run, and whether better data moves the split.",
  },
};
