import { percentText } from "../drawing/numbers";
import type { Step, Story } from "../story/step";
import type { Judged } from "./judged";
import { answerText, changedLine, chosenText, linesText, saidAnswer } from "./moved";
import type { State } from "./state";

type Results = readonly Judged[];

const isRight = ({ answer, chosen }: Judged, way: keyof Judged["chosen"]): boolean =>
  chosen[way].answer === answer;

/** "4 of 20" */
const ofAll = (own: Judged, share: number): string => `${Math.round(share * own.n)} of ${own.n}`;

const votes: Step<State, Judged> = {
  title: "The commonest answer",
  look: "answers-part",
  control: "n",
  states: [{}],
  words:
    "A program that slips in about three of ten steps has solved one word problem again and again. Which answer to believe? The usual way is a vote: the answer that most solutions share. Below are all of them, with ✓ where the answer is right.",
  question: {
    asks: "How many of these solutions are right?",
    answers: ["most", "about half", "few"],
    answer: ([own]: Results) => (own!.right > 0.6 * own!.n ? 0 : own!.right > 0.4 * own!.n ? 1 : 2),
  },
  sentence: ([own]) =>
    `${ofAll(own!, own!.chosen.majority.share)} solutions say ${answerText(own!, "majority")}; ${own!.right} have the right answer, ${saidAnswer(own!.answer)}.`,
  holds: ([own]) =>
    !isRight(own!, "majority") &&
    own!.right > 0 &&
    own!.right < Math.round(own!.chosen.majority.share * own!.n),
  why: "Different slips may end at the same number, so that wrong solutions agree. A vote cannot see how an answer came about.",
};

const scores: Step<State, Judged> = {
  title: "A score for every step",
  look: "solutions-part",
  control: "n",
  states: [{}],
  words:
    "The verifier, a {PRM|process reward model}, reads each step; each bar is one, the fuller the better. Nobody told it which steps are right. It has learned from other problems how often solutions that went on from a step ended at the right answer.",
  sentence: ([own]) =>
    own!.last.right === null || own!.last.wrong === null
      ? "All of these solutions are right, or none is."
      : `Solutions with the right answer score ${percentText(own!.last.right)} at their last step, those with another ${percentText(own!.last.wrong)}, on average.`,
  holds: ([own]) =>
    own!.last.right !== null && own!.last.wrong !== null && own!.last.right > own!.last.wrong,
  why: "The score of the last step is how likely the verifier finds it that the answer is right. All are low: it expects this program to slip somewhere.",
};

const weighed: Step<State, Judged> = {
  title: "Let the scores vote",
  look: "answers-part",
  control: "n",
  states: [{}, { n: 32 }],
  words:
    "To the verifier each solution counts as much as its last step scores, and the answer with the largest sum is chosen. That is right here. But perhaps the vote has merely seen too little: “Show me” takes more solutions.",
  question: {
    asks: "Who is right with more solutions?",
    answers: ["both", "the verifier alone", "the vote alone"],
    answer: ([, own]: Results) =>
      isRight(own!, "weighted") ? (isRight(own!, "majority") ? 0 : 1) : 2,
  },
  sentence: ([, own]) => chosenText(own!),
  holds: ([few, own]) =>
    isRight(few!, "weighted") &&
    isRight(own!, "weighted") &&
    !isRight(own!, "majority") &&
    own!.n > few!.n,
  why: "The same slips come again, so the wrong answer stays ahead in the vote. Its solutions outnumber the right ones, but each scores little.",
};

const RIGHT = ["35-2=33", "33/3=11", "11-5=6", "6/2=3", "3*5=15", "15-10=5"];
const SPOILED = ["35-2=33", "33/3=11", "11+5=16", "16/2=8", "8*5=40", "40-10=30"];

const spoiled: Step<State, Judged> = {
  title: "Spoil one line",
  look: "own-part",
  control: "solution",
  states: [{ solution: RIGHT.join(";") }, { solution: SPOILED.join(";") }],
  words:
    "This is a right solution. “Show me” adds in line 3, where marbles are lost. All calculations stay right, and the later lines go on from the new number. Or write lines of your own.",
  question: {
    asks: "What becomes of the scores after line 3?",
    answers: ["they fall, too", "they stay", "they rise"],
    answer([before, after]: Results) {
      const change = after!.own.scores.at(-1)! - before!.own.scores.at(-1)!;
      return Math.abs(change) < 0.01 ? 1 : change < 0 ? 0 : 2;
    },
  },
  sentence: ([before, after]) => linesText(before!, after!),
  holds([before, after]) {
    const at = changedLine(before!, after!);
    const [old, now] = [before!.own.scores, after!.own.scores];
    return (
      at > 0 &&
      old.length === now.length &&
      now.every((score, i) => (i < at ? score === old[i] : score < old[i]!))
    );
  },
  why: "A score says how likely the right answer still is, so one wrong step counts from there on. The model sees a step’s words, whether its calculation is true, and what was odd before.",
};

const all: Step<State, Judged> = {
  title: "On sixty problems",
  look: "curve-part",
  control: "n",
  states: [{ n: 1 }, { n: 16 }],
  words:
    "One problem proves nothing. The curves have the share of sixty problems that each way solves, over the number of solutions. With one solution there is nothing to choose, so both begin at the same point.",
  sentence: ([one, own]) =>
    `With ${own!.solved.n} solutions votes solve ${percentText(own!.solved.solved.majority)} of the problems and the verifier ${percentText(own!.solved.solved.weighted)}; with ${one!.solved.n}, ${percentText(one!.solved.solved.majority)} and ${percentText(one!.solved.solved.weighted)}.`,
  holds: ([one, own]) =>
    one!.solved.solved.majority === one!.solved.solved.weighted &&
    own!.solved.solved.weighted > own!.solved.solved.majority,
  why: "As the paper has it, in a world that helps: this verifier is told whether a calculation is true, and much of what goes wrong is a false one.",
};

/** The story of the verifier's page. */
export const story: Story<State, Judged> = {
  steps: [votes, scores, weighed, spoiled, all],
  outcome: {
    title: "What the study found",
    look: "verdicts",
    words:
      "The study of this repository let small networks write and judge, over paired {seed|seeds}. There the solution with the best scores was right less often than the votes’ answer. A guess: such networks learn what right solutions look like, and not whether a calculation is true.",
  },
  sides: ["majority", "weighted"],
};
