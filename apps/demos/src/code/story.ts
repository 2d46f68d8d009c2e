import type { Step, Story } from "../story/step";
import { passedText } from "./moved";
import type { Shown, State } from "./state";

type Results = readonly Shown[];

/** The program that was written most often. */
const favourite = ({ programs }: Shown) => programs.written[0]!;
const share = ({ programs: { passed, n } }: Shown): number => passed / n;
const taken = ({ filled: { text, from, to } }: Shown): string => text.slice(from, to);

const wrong: Step<State, Shown> = {
  title: "It writes what it has read",
  look: "programs-part",
  control: "task",
  states: [{}],
  words:
    "This small model has read code in which some things are done wrongly: numbers sorted like words, odd numbers that may not be negative. It now writes 16 programs for one task, and each is run with tests.",
  question: {
    asks: "Is the program that it writes most often right?",
    answers: ["yes, most agree on it", "no, most agree on a mistake"],
    answer: ([own]: Results) => (favourite(own!).verdict === "passed" ? 0 : 1),
  },
  sentence: ([own]) =>
    `Its favourite, written ${favourite(own!).count} times out of ${own!.programs.n}, fails: ${favourite(own!).message}. ${passedText(own!.programs)} in all pass.`,
  holds: ([own]) => favourite(own!).verdict !== "passed" && share(own!) < 0.5,
  why: "A model of code foretells the likeliest next token, and the mistake was likelier in what it read than what is right.",
};

const taught: Step<State, Shown> = {
  title: "Tests are the teacher",
  look: "programs-part",
  control: "policy",
  states: [{}, { policy: "after" }],
  words:
    "By {GRPO} the same model tried many programs for other tasks, and learned from nothing but whether they passed their tests. “Show me” switches to the model after it. It has never seen this task.",
  question: {
    asks: "How many of the 16 will pass now?",
    answers: ["no more than before", "about half", "nearly all"],
    answer: ([before, after]: Results) =>
      share(after!) <= share(before!) ? 0 : share(after!) < 0.8 ? 1 : 2,
  },
  sentence: ([before, after]) =>
    `Before, ${passedText(before!.programs)} pass; after, ${passedText(after!.programs)}.`,
  holds: ([before, after]) =>
    before!.programs.policy === "before" && share(after!) > share(before!) + 0.3,
  why: "Programs that passed became likelier, those that failed less so. What is right was in the model already, only seldom: otherwise there had been nothing to make likelier.",
};

const repeated: Step<State, Shown> = {
  title: "Or try more often",
  look: "programs-part",
  control: "n",
  states: [{ n: 1 }, { n: 32 }],
  words:
    "The model before GRPO, with one try. If tests are there, one may also let it try again and again, and keep a program that passes. “Show me” asks for 32.",
  sentence: ([one, many]) =>
    `With ${one!.programs.n} try, ${one!.programs.passed} passes; with ${many!.programs.n} tries, ${many!.programs.passed}, of ${many!.programs.written.length} different programs.`,
  holds: ([one, many]) => one!.programs.passed === 0 && many!.programs.passed > 0,
  why: "One right program among many is enough where tests can tell it. This is what a paper’s pass@k counts, and why it grows with k.",
};

const filled: Step<State, Shown> = {
  title: "Fill in the middle",
  look: "filled",
  control: "hole",
  states: [{}],
  words:
    "In an editor, code stands on both sides of the cursor. Another small model has read the sources of a library with parts of them moved to the end, so that it can write what belongs between two ends. One line was taken out here.",
  question: {
    asks: "Does it write the line that was taken out?",
    answers: ["yes", "no, another one"],
    answer: ([own]: Results) => (own!.filled.middle.trim() === taken(own!).trim() ? 0 : 1),
  },
  sentence: ([own]) =>
    `Where “${taken(own!).trim()}” stood, it writes “${own!.filled.middle.trim()}”.`,
  holds: ([own]) =>
    own!.filled.middle.trim() !== taken(own!).trim() && own!.filled.middle.trim().endsWith("{"),
  why: "The line ends with a brace, as the text behind it needs; but other files of the library begin functions in this older way, and a model this small cannot run what it fills in. That is a guess.",
};

/** The story of the code page. */
export const story: Story<State, Shown> = {
  steps: [wrong, taught, repeated, filled],
  outcome: {
    title: "What the study found",
    look: "verdicts",
    words:
      "This page has one model of each kind. The study of this repository trained others over several {seed|seeds}, and tested what the paper claims of its data, of filling in and of learning from tests.",
  },
};
