import type { Step, Story } from "../story/step";
import { textOf, wordsOf, wordsText } from "./moved";
import type { State, Wrote } from "./state";

type Results = readonly Wrote[];

const counted = (count: number): string => count.toLocaleString("en-US");
/** The share of words that were not written before. */
const variety = (wrote: Wrote): number => wordsOf(wrote).different / wordsOf(wrote).all;
const perToken = (wrote: Wrote): number => textOf(wrote).length / wrote.written.tokens;

const small: Step<State, Wrote> = {
  title: "A model that fits into a page",
  look: "writing-part",
  control: "prompt",
  states: [{}],
  words:
    "stories260K has read short stories for children and nothing else. It gets the beginning above and appends one {token} at a time, each drawn by the odds that it gives to all.",
  question: {
    asks: "How many weights does it take to write like this?",
    answers: ["some billions", "some millions", "less than one million"],
    answer: ([own]: Results) => {
      const { total } = own!.description.weights;
      return total > 1e9 ? 0 : total > 1e6 ? 1 : 2;
    },
  },
  sentence: ([own]) =>
    `It has ${counted(own!.description.weights.total)} weights, and wrote ${wordsOf(own!).all} words, ${wordsOf(own!).different} of them different.`,
  holds: ([own]) => own!.description.weights.total < 1e6 && wordsOf(own!).all > 30,
  why: "Few words and one kind of text need few weights. A model to talk with has ten thousand times as many or more; you can open small ones of them below.",
};

const likeliest: Step<State, Wrote> = {
  title: "Always the likeliest",
  look: "writing-part",
  control: "temperature",
  states: [{ tokens: 280 }, { tokens: 280, temperature: 0 }],
  words:
    "Why draw at all? At a {temperature} of 0 the model takes the likeliest token every time. “Show me” lets it write 280 tokens like that.",
  question: {
    asks: "What becomes of the story?",
    answers: ["it gets better and better", "it goes round in circles"],
    answer: ([drawn, likeliest]: Results) => (variety(likeliest!) < variety(drawn!) ? 1 : 0),
  },
  sentence: ([drawn, likeliest]) =>
    `At a temperature of ${drawn!.state.temperature}, ${wordsText(drawn!)}; at ${likeliest!.state.temperature}, ${wordsText(likeliest!)}.`,
  holds: ([drawn, likeliest]) => variety(likeliest!) < variety(drawn!),
  why: "What has just been said makes its repetition likelier, and with nothing left to chance the model never leaves such a circle.",
};

const hot: Step<State, Wrote> = {
  title: "Too much chance",
  look: "writing-part",
  control: "temperature",
  states: [{}, { temperature: 2 }],
  words:
    "At a temperature of 2 the odds lie so close together that unlikely tokens come up all the time. Read what comes of it: each word may be new, and many are no words.",
  sentence: ([mild, hot]) =>
    `At a temperature of ${mild!.state.temperature}, ${wordsText(mild!)}; at ${hot!.state.temperature}, ${wordsText(hot!)}.`,
  holds: ([mild, hot]) => variety(hot!) > variety(mild!),
  why: "Tokens are pieces of words, so one unlikely piece is enough to spoil a word, and the next is drawn from odds that no story ever had.",
};

const seeded: Step<State, Wrote> = {
  title: "Where the chance comes from",
  look: "writing-part",
  control: "temperature",
  states: [{ temperature: 0 }, { temperature: 0, seed: 2 }],
  words:
    "All draws come from a {seed}, so that a text can be written again, to the letter. Another seed is another story. But “Show me” takes another one at a temperature of 0.",
  question: {
    asks: "How much of the text changes?",
    answers: ["all of it", "a few words", "nothing"],
    answer: ([one, other]: Results) =>
      textOf(one!) === textOf(other!) ? 2 : textOf(one!)[0] === textOf(other!)[0] ? 1 : 0,
  },
  sentence: ([one, other]) =>
    `With seed ${one!.state.seed} and with seed ${other!.state.seed} it writes ${textOf(one!) === textOf(other!) ? "the same" : "different"} ${wordsOf(other!).all} words.`,
  holds: ([one, other]) => one!.state.seed < other!.state.seed && textOf(one!) === textOf(other!),
  why: "Without draws there is nothing that a seed could change. Press “Another text” at any other temperature.",
};

const mixed: Step<State, Wrote> = {
  title: "What a token is",
  look: "writing-part",
  control: "shipped",
  states: [{}, { from: "mixture" }],
  words:
    "This site’s mixture has about as many weights, and has read Moby Dick and program code. Its tokens are single bytes; those of stories260K are pieces of words.",
  sentence: ([pieces, bytes]) =>
    `${counted(pieces!.written.tokens)} tokens of stories were ${counted(textOf(pieces!).length)} letters, ${counted(bytes!.written.tokens)} of the mixture’s ${counted(textOf(bytes!).length)}.`,
  holds: ([pieces, bytes]) => perToken(pieces!) > 2 * perToken(bytes!) && perToken(bytes!) <= 1,
  why: "Pieces of words say more per step, and need a vocabulary that was counted before. A guess: with bytes, much of a small model is taken up by spelling.",
};

/** The story of the page of one's own model. */
export const story: Story<State, Wrote> = {
  steps: [small, likeliest, hot, seeded, mixed],
};
