import { percentText } from "../drawing/numbers";
import type { Step, Story } from "../story/step";
import { chosen } from "./answers";
import { answersText, clientsWith } from "./moved";
import type { Method } from "./names";
import type { Federation, State } from "./state";

type Results = readonly Federation[];

const tail = ({ run }: Federation, method: Method): number => run.rounds.at(-1)![method].tail;
const percent = (share: number): string => percentText(share);
/** By how much RedGrape is ahead on rare digits. */
const lead = (one: Federation): number => tail(one, "redgrape") - tail(one, "fedavg");

/** Pictures of a digit on all clients. */
const pictures = ({ run }: Federation, digit: number): number =>
  run.countsPerClient.reduce((sum, counts) => sum + counts[digit]!, 0);

const scattered: Step<State, Federation> = {
  title: "Nobody has all the digits",
  look: "clients-part",
  control: "ratio",
  states: [{}],
  words:
    "Eight {client|clients} want one model that reads digits, and none shows its pictures to anybody. Zeros are common, nines are rare: each client has digits of its own.",
  question: {
    asks: "How many of the eight have a 9?",
    answers: ["all of them", "about half", "three or fewer"],
    answer: ([own]: Results) => {
      const count = clientsWith(own!, 9);
      return count > 6 ? 0 : count > 3 ? 1 : 2;
    },
  },
  sentence: ([own]) =>
    `${clientsWith(own!, 9)} of ${own!.run.countsPerClient.length} clients have a nine; there are ${pictures(own!, 9)} pictures of it in all, and ${pictures(own!, 0)} of zeros.`,
  holds: ([own]) =>
    clientsWith(own!, 9) < own!.run.countsPerClient.length &&
    pictures(own!, 0) > 10 * pictures(own!, 9),
  why: "This is how data lies about: common things everywhere, rare ones here and there.",
};

const averaged: Step<State, Federation> = {
  title: "The average forgets the rare ones",
  look: "accuracy-part",
  control: "ratio",
  states: [{}],
  words:
    "{FedAvg} lets each client train on what it has and averages the models. RedGrape does so too, but lends each client the mean {gradient|gradients} of classes that it lacks. Both train for 30 rounds. The {tail} is the digits 7 to 9.",
  question: {
    asks: "On rare digits, what do you expect of RedGrape?",
    answers: ["more of them right", "no more than FedAvg"],
    answer: ([own]: Results) => (lead(own!) > 0 ? 0 : 1),
  },
  sentence: ([own]) =>
    `Of the rare digits FedAvg gets ${percent(tail(own!, "fedavg"))} right, RedGrape ${percent(tail(own!, "redgrape"))}.`,
  holds: ([own]) => lead(own!) > 0,
  why: "A client without nines pushes the score of “9” down in each of its steps, and most clients have none. A borrowed gradient of nines pushes back.",
};

const asked: Step<State, Federation> = {
  title: "Show both a nine",
  look: "digit-part",
  control: "digit",
  states: [{ digit: "0-0" }, { digit: "9-40" }],
  words:
    "Here is a zero, which all know. “Show me” takes a nine that no client has seen; the bars are how sure both models are of each digit, and the clients that have it light up. Then draw one yourself.",
  sentence: ([, nine]) => `${answersText(nine!.answers)}.`,
  holds: ([zero, nine]) => {
    const right = (one: Federation, method: Method) =>
      one.answers.label === null || chosen(one.answers[method]) === one.answers.label;
    return (
      right(zero!, "fedavg") &&
      right(zero!, "redgrape") &&
      !right(nine!, "fedavg") &&
      right(nine!, "redgrape")
    );
  },
  why: "A nine looks like a four or a seven, of which clients have more: FedAvg’s guess is the common neighbour.",
};

const headless: Step<State, Federation> = {
  title: "Take the second head away",
  look: "accuracy-part",
  control: "second",
  states: [{}, { second: "off" }],
  words:
    "RedGrape trains a {secondHead|second head} beside the first. It takes up what is lopsided in a client’s data, so that the first can stay even. It does not answer; it is only there in training.",
  question: {
    asks: "Without it, the rare digits are right …",
    answers: ["more often", "less often", "equally often"],
    answer: ([on, off]: Results) => {
      const change = tail(off!, "redgrape") - tail(on!, "redgrape");
      return change > 0 ? 0 : change < 0 ? 1 : 2;
    },
  },
  sentence: ([on, off]) =>
    `RedGrape gets ${percent(tail(on!, "redgrape"))} of the rare digits right with its second head, ${percent(tail(off!, "redgrape"))} without it.`,
  holds: ([on, off]) => tail(on!, "redgrape") > tail(off!, "redgrape"),
  why: "With one head alone, the pull of what a client has and that of the borrowed gradients meet in the same weights. That is the paper’s reason; no run here tests it.",
};

const even: Step<State, Federation> = {
  title: "Is it the imbalance?",
  look: "accuracy-part",
  control: "ratio",
  states: [{}, { ratio: 1 }],
  words:
    "If rare digits are the trouble, the two methods should come together once no digit is rare. Drag the imbalance down to none: now there are as many nines as zeros.",
  sentence: ([uneven, even]) =>
    `RedGrape’s lead on the digits of the tail is ${percent(lead(uneven!))} of them at an imbalance of ${uneven!.state.ratio}, and ${percent(lead(even!))} at ${even!.state.ratio}.`,
  holds: ([uneven, even]) => lead(uneven!) > lead(even!),
  why: "With nothing rare, there is little to lend: averaging works where clients have enough of each class among them.",
};

/** The story of the federations' page. */
export const story: Story<State, Federation> = {
  steps: [scattered, averaged, asked, headless, even],
  outcome: {
    title: "On clothes instead of digits",
    look: "verdicts",
    words:
      "This page has one split and small networks. The study of this repository tested the paper’s claims on Fashion-MNIST, 50 times as many of the commonest class as of the rarest, over paired {seed|seeds}.",
  },
  sides: ["fedavg", "redgrape"],
};
