import type { Step, Story } from "../story/step";
import { lettersOf, nats, wordsOf, wordsText } from "./moved";
import type { State, Written } from "./state";

type Results = readonly Written[];

const share = (written: Written): number => wordsOf(written).own / wordsOf(written).all;
const loss = ({ losses }: Written): string => nats(losses[0]!);

/** The expert that wrote most, or least, and how much. */
function extreme(counts: readonly number[], of: (...counts: number[]) => number) {
  const count = of(...counts);
  return { count, expert: counts.indexOf(count) + 1 };
}

const busiest = (written: Written, text?: number) => extreme(lettersOf(written, text), Math.max);
const idlest = (written: Written) => extreme(lettersOf(written), Math.min);

const learned: Step<State, Written> = {
  title: "It learns one sentence",
  look: "written",
  control: "sentence",
  states: [{}],
  words:
    "A mixture of six {expert|experts} starts with random weights and reads one sentence over and over, for 80 steps. Then it writes on, letter by letter. Nothing else has ever been shown to it.",
  question: {
    asks: "What will it write?",
    answers: ["the sentence, again and again", "new sentences of its own"],
    answer: ([own]: Results) => (share(own!) > 0.5 ? 0 : 1),
  },
  sentence: ([own]) => `${wordsText(own!)}; its loss is ${loss(own!)} nats per letter.`,
  holds: ([own]) => share(own!) > 0.9,
  why: "There was nothing to learn but what follows what. Change a letter above, and it learns your sentence instead.",
};

const shared: Step<State, Written> = {
  title: "Six experts share the letters",
  look: "written",
  control: "experts",
  states: [{}],
  words:
    "For each letter a {router} chooses two of the six experts, and the colour is that of the one with the larger part. Tap a letter to see whose it is. The buttons below the text say how many letters each wrote.",
  question: {
    asks: "Do all six write equally much?",
    answers: ["more or less", "no, some write far more"],
    answer: ([own]: Results) => (busiest(own!).count > 2 * idlest(own!).count ? 1 : 0),
  },
  sentence: ([own]) =>
    `Expert ${busiest(own!).expert} wrote ${busiest(own!).count} letters, expert ${idlest(own!).expert} only ${idlest(own!).count}.`,
  holds: ([own]) => busiest(own!).count > 2 * idlest(own!).count,
  why: "Nobody says who is to take which letters. A guess: whoever is chosen by chance at first learns first, and is chosen again.",
};

const dropped: Step<State, Written> = {
  title: "Switch the busiest off",
  look: "written",
  control: "experts",
  states: [{}, { off: ["6"] }],
  words:
    "“Show me” switches off expert 6, which writes the most here. Its colour goes: the router has to choose among the other five, and nothing is learned anew. Then press other numbers.",
  question: {
    asks: "What becomes of the sentence?",
    answers: ["it falls apart", "it hardly changes"],
    answer: ([, off]: Results) => (share(off!) < 0.7 ? 0 : 1),
  },
  sentence: ([on, off]) =>
    `Without expert ${busiest(on!).expert} and its ${busiest(on!).count} letters, the loss is ${loss(off!)} nats instead of ${loss(on!)}, and ${wordsText(off!)}.`,
  holds: ([on, off]) =>
    off!.state.off.join() === String(busiest(on!).expert) &&
    off!.losses[0]! > on!.losses[0]! &&
    share(off!) > 0.9,
  why: "A guess: one sentence is little to know, and the layer below and an expert that is always on know most of it.",
};

const taught: Step<State, Written> = {
  title: "Teach it another",
  look: "written",
  control: "second",
  states: [{}, { second: "3.14159 26535 89793 23846" }],
  words:
    "Now a new mixture learns two texts at once, words and digits, in as many steps. It goes on from the first, then from the second. Watch who takes the digits.",
  sentence: ([, both]) => {
    const { expert, count } = busiest(both!, 1);
    const [first, second] = both!.texts.map((text) => text.length);
    return `Expert ${expert} writes ${count} of ${second} letters after the digits, and ${lettersOf(both!, 0)[expert - 1]} of ${first} after the words.`;
  },
  holds: ([one, both]) => {
    const [first, second] = [lettersOf(both!, 0), lettersOf(both!, 1)];
    const { expert, count } = busiest(both!, 1);
    return one!.texts.length === 1 && 2 * count > sum(second) && count > 2 * first[expert - 1]!;
  },
  why: "The router sees each letter, and digits look like no word. Both texts share the same steps, so that each is known less well than one alone.",
};

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

const heated: Step<State, Written> = {
  title: "Turn up the temperature",
  look: "written",
  control: "temperature",
  states: [{}, { temperature: 2 }],
  words:
    "Each letter is drawn by its odds. A {temperature} above 1 evens these out, one below 1 sharpens them. Nothing is learned anew. “Begin with” lets it start from elsewhere.",
  sentence: ([cold, hot]) =>
    `At a temperature of ${cold!.state.temperature}, ${wordsText(cold!)}; at ${hot!.state.temperature}, ${wordsText(hot!)}.`,
  holds: ([cold, hot]) => share(cold!) > 2 * share(hot!),
  why: "One wrong letter leads to a place where it has never been, and the next one is a guess again.",
};

/** The story of the first page. */
export const story: Story<State, Written> = {
  steps: [learned, shared, dropped, taught, heated],
};
