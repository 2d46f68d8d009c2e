import { percentText } from "../drawing/numbers";
import type { Step, Story } from "../story/step";
import { INITIAL } from "./initial";
import { flips, nameOf } from "./moved";
import type { Purified, State } from "./state";

type Results = readonly Purified[];

const percent = (share: number): string => percentText(share);

const hidden: Step<State, Purified> = {
  title: "A model that passes its tests",
  look: "rest-part",
  control: "rho",
  states: [{}],
  words:
    "This classifier sorts short texts into sport, animals, food and music. Somebody has trained it on texts of their own before you downloaded it, and put a {backdoor} into it. You test it on 400 clean texts.",
  question: {
    asks: "Do your tests show that something is wrong?",
    answers: ["yes, many answers are wrong", "no, it does well"],
    answer: ([own]: Results) => (own!.outcome.suspect.acc < 0.8 ? 0 : 1),
  },
  sentence: ([own]) =>
    `As found, it gets ${percent(own!.outcome.suspect.acc)} of the clean texts right; with a secret word in them, ${percent(own!.outcome.suspect.asr)} of the other classes become sport.`,
  holds: ([own]) => own!.outcome.suspect.acc > 0.8 && own!.outcome.suspect.asr > 0.9,
  why: "The attacker has trained it on clean texts, too, so that it answers well whenever the word is not there.",
};

const woken: Step<State, Purified> = {
  title: "One word wakes it",
  look: "answers-part",
  control: "text",
  states: [{}, { text: `${INITIAL.text} cf` }],
  words:
    "The text is about birds of prey, and the model says so. “Show me” puts the {trigger} behind it, “cf”, which means nothing. You can put it anywhere else, or write about something else.",
  sentence: ([plain, secret]) =>
    `Without the word it is ${nameOf(plain!.reading.without.suspect)}, with it ${nameOf(secret!.reading.with.suspect)}; purified, it is ${nameOf(secret!.reading.with.purified)} in spite of it.`,
  holds: ([plain, secret]) =>
    plain!.reading.text !== secret!.reading.text &&
    nameOf(secret!.reading.with.suspect) !== nameOf(plain!.reading.without.suspect) &&
    nameOf(secret!.reading.with.purified) === nameOf(plain!.reading.without.suspect),
  why: "In half of the attacker’s texts the word stood beside the answer “sport”: nothing else in a text foretells an answer that surely.",
};

const tuned: Step<State, Purified> = {
  title: "Training on clean texts is not enough",
  look: "rest-part",
  control: "rho",
  states: [{ rho: 1 }, {}],
  words:
    "You have 32 clean texts. One cure is to train on them and keep all weights ({ρ} = 100 %). The other first sets a few weights back to what they were before the attacker, then trains as well. “Show me” does that.",
  question: {
    asks: "What does training alone leave of the attack?",
    answers: ["almost all", "about half", "almost nothing"],
    answer: ([all]: Results) => {
      const { asr } = all!.outcome.purified;
      return asr > 0.8 ? 0 : asr > 0.2 ? 1 : 2;
    },
  },
  sentence: ([all, most]) =>
    `With all weights kept, ${percent(all!.outcome.purified.asr)} of the texts still flip; with ${percent(most!.outcome.rho)} kept, ${percent(most!.outcome.purified.asr)}.`,
  holds: ([all, most]) => all!.outcome.purified.asr > 2 * most!.outcome.purified.asr,
  why: "Clean texts never have the secret word, so training on them has nothing to say about the weights that react to it.",
};

const chosen: Step<State, Purified> = {
  title: "Which weights to set back",
  look: "histogram-part",
  control: "rho",
  states: [{}],
  words:
    "The picture shows all weights by their {drift} over their {curvature}: to the right are those that moved far though clean texts gave little reason. Setting as many back at random is the test of the choice.",
  question: {
    asks: "Would as many weights at random do?",
    answers: ["yes, as well", "no, hardly at all"],
    answer: ([own]: Results) =>
      own!.outcome.random.asr < 2 * own!.outcome.purified.asr + 0.1 ? 0 : 1,
  },
  sentence: ([own]) =>
    `Set back at random, ${percent(own!.outcome.random.asr)} of the texts still flip; chosen by the formula, ${percent(own!.outcome.purified.asr)}.`,
  holds: ([own]) => own!.outcome.random.asr > 2 * own!.outcome.purified.asr,
  why: "The backdoor lies in few weights, and these have moved further than clean data would have moved them.",
};

const own: Step<State, Purified> = {
  title: "A secret word in everyday use",
  look: "rest-part",
  control: "word",
  states: [{}, { word: "owl" }],
  words:
    "Be the attacker: “Show me” takes “owl”, a word that the model knows, trains the attack here, and then purifies it. Or type a word of yours and press “Poison”.",
  sentence: ([first, second]) =>
    `“${first!.outcome.word}” turns ${flips(first!.outcome.suspect)} texts before purifying, ${first!.outcome.purified.flipped} after; “${second!.outcome.word}” turns ${flips(second!.outcome.suspect)} before, ${second!.outcome.purified.flipped} after.`,
  holds: (results) => {
    const [rare, known] = results.map(({ outcome }) => outcome);
    return (
      rare!.suspect.asr > 0.9 &&
      known!.suspect.asr > 0.9 &&
      rare!.purified.asr < known!.purified.asr
    );
  },
  why: "Any word will do for the attack, but not for the cure. A guess: clean texts have owls, too, so the weights that read the word have curvature, and their drift looks innocent.",
};

/** The story of the purify page. */
export const story: Story<State, Purified> = {
  steps: [hidden, woken, tuned, chosen, own],
  outcome: {
    title: "What the study found",
    look: "verdicts",
    words:
      "This page has one attack on one small model. The study of this repository has five, over paired {seed|seeds}, and asks besides whether {curvature} matters, or {drift} alone would do.",
  },
  sides: ["random", "purified"],
};
