import { percentText, signedText } from "../drawing/numbers";
import type { Step, Story } from "../story/step";
import { gainText, rightText } from "./moved";
import type { Judged, State } from "./state";
import { gainsOf, mean, meanGain } from "./ways";

type Results = readonly Judged[];

const count = (values: readonly number[], is: (value: number) => boolean): number =>
  values.filter(is).length;
const isAbove = (value: number): boolean => value > 0;
const isBelow = (value: number): boolean => value < 0;

const border: Step<State, Judged> = {
  title: "Labels that speak for the wrong nodes",
  look: "labels-part",
  control: "seats",
  states: [{}],
  words:
    "A karate club has split in two. Of six members we know the side; a network guesses the others from their friendships. {conflict|Conflict} says how strongly the other side reaches the nodes that a label influences. ReNode gives each label a weight by it.",
  question: {
    asks: "Which label should count least?",
    answers: ["the one with the most conflict", "the one with the least"],
    answer: ([own]: Results) => (own!.most.weight < own!.least.weight ? 0 : 1),
  },
  sentence: ([own]) =>
    `The label with the most conflict, ${own!.most.conflict.toPrecision(3)}, weighs ${own!.most.weight.toFixed(2)}; that with the least, ${own!.least.conflict.toPrecision(3)}, ${own!.least.weight.toFixed(2)}.`,
  holds: ([own]) =>
    own!.most.conflict > own!.least.conflict && own!.most.weight < own!.least.weight,
  why: "A label at the border influences nodes of both sides, so what it says is wrong for some of them.",
};

const trained: Step<State, Judged> = {
  title: "Ten starts, two weightings",
  look: "training-part",
  control: "train",
  states: [{}],
  words:
    "A network is trained twice from each of ten starts: with all labels equal, and with ReNode’s weights. Each dot is the difference of such a pair, in nodes that are right.",
  question: {
    asks: "How many of the pairs does ReNode win?",
    answers: ["most of them", "a few", "none"],
    answer: ([own]: Results) => {
      const gains = gainsOf(own!.accuracies);
      const won = count(gains, isAbove);
      return won > gains.length / 2 ? 0 : won > 0 ? 1 : 2;
    },
  },
  sentence([own]) {
    const gains = gainsOf(own!.accuracies);
    return `ReNode wins ${count(gains, isAbove)} of ${gains.length} pairs and loses ${count(gains, isBelow)}: ${rightText(own!)}.`;
  },
  holds: ([own]) => meanGain(own!.accuracies) > 0,
  why: "A small gain: most nodes are easy, and both ways get them right. These seats were chosen as the middle ones of those drawn, neither the best nor the worst for ReNode.",
};

const worst: Step<State, Judged> = {
  title: "Worse seats",
  look: "training-part",
  control: "seats",
  states: [{}, { labels: "0-1.8-1.11-1.20-2.32-2.33-2" }],
  words:
    "Now the labels sit where their conflict is greatest among the seats that were drawn. The paper says that ReNode gains more where labels sit badly. “Show me” moves them there and trains again.",
  question: {
    asks: "Does ReNode gain more there?",
    answers: ["more", "less", "as much"],
    answer: ([middle, bad]: Results) => {
      const change = meanGain(bad!.accuracies) - meanGain(middle!.accuracies);
      return change > 0 ? 0 : change < 0 ? 1 : 2;
    },
  },
  sentence: ([middle, bad]) =>
    `Conflict rises from ${middle!.total.toPrecision(3)} to ${bad!.total.toPrecision(3)}, and ReNode’s gain from ${gainText(middle!)} to ${gainText(bad!)}.`,
  holds: ([middle, bad]) =>
    bad!.total > middle!.total && meanGain(bad!.accuracies) > meanGain(middle!.accuracies),
  why: "As the paper has it, on one pair of seats. Whether it holds over many is what the study asks (last step).",
};

const drawn: Step<State, Judged> = {
  title: "All seats that were drawn",
  look: "training-part",
  control: "seats",
  states: [{}],
  words:
    "One choice of seats proves nothing. So we have drawn labels by lot again and again, trained ten pairs each time, and counted. Try the best and the worst seats yourself, or drag a label.",
  sentence: ([own]) =>
    `Of ${own!.gains.length} drawn seats ReNode gains at ${count(own!.gains, isAbove)} and loses at ${count(own!.gains, isBelow)}; on average it is ${signedText(100 * mean(own!.gains), 2)} points, and at best ${percentText(Math.max(...own!.gains))} of the nodes.`,
  holds: ([own]) => count(own!.gains, isAbove) > count(own!.gains, isBelow) && mean(own!.gains) > 0,
  why: "More gains than setbacks, mostly small. A graph of 34 members leaves few nodes to be wrong about.",
};

/** The story of the graph's page. */
export const story: Story<State, Judged> = {
  steps: [border, trained, worst, drawn],
  outcome: {
    title: "What the study found",
    look: "verdicts",
    words:
      "This page has small graphs. The study of this repository trained on Cora, over paired {seed|seeds}: the gain came out as claimed, but it was no larger where {conflict} is high.",
  },
  sides: ["equal", "renode"],
};
