import type { Step, Story } from "../story/step";
import { both, percent, placeText, stays, staysText } from "./moved";
import type { Seen, State } from "./state";

type Results = readonly Seen[];

/** The first prompt, with the labels of two of its lines exchanged. */
const EXCHANGED =
  "salmon and trout: white; violin guitar guitar: pink; wasp ant bee: blue; owl owl eagle: brown; the bee too";

/** Of how many answers are kept: nearly all, about half, or few. */
const amountOf = (share: number): number => (share > 0.8 ? 0 : share > 0.4 ? 1 : 2);
const AMOUNTS = ["nearly all", "about half", "fewer"];

const flowAt = ({ of: { layer }, reading: { models } }: Seen) =>
  both((name) => models[name].flow[layer - 1]!);

const whole = ({ reading: { models } }: Seen) => both((name) => models[name].whole);

const learned: Step<State, Seen> = {
  title: "Labels that mean nothing yet",
  look: "answers-part",
  control: "prompt",
  states: [{}, { prompt: EXCHANGED }],
  words:
    "Each line of the prompt has words of one topic, and a colour as its label; the last line asks. Colours mean nothing to the models until a prompt uses them. “Show me” exchanges two of them. Or write lines of your own.",
  question: {
    asks: "What will the models answer then?",
    answers: ["the same colour", "the other colour"],
    answer: ([first, then]: Results) =>
      whole(first!).anchors.label === whole(then!).anchors.label ? 0 : 1,
  },
  sentence([first, then]) {
    const [was, is] = [whole(first!), whole(then!)];
    return `At first the models say ${was.anchors.label} and ${was.control.label}; to the changed prompt, ${is.anchors.label} (${percent(is.anchors.sure)}) and ${is.control.label} (${percent(is.control.sure)}).`;
  },
  holds([first, then]) {
    const [was, is] = [whole(first!), whole(then!)];
    return (
      was.anchors.label === was.control.label &&
      is.anchors.label === is.control.label &&
      was.anchors.label !== is.anchors.label
    );
  },
  why: "Nothing in the weights ties a topic to a colour. What the models say, they have read in the prompt.",
};

const early: Step<State, Seen> = {
  title: "Cut the label words off, early",
  look: "models-part",
  control: "layers",
  states: [{ layers: 0 }, {}],
  words:
    "Two models, equally good, answer many prompts. The paper says that {labelWord|label words} gather what their examples hold in the first layers. So we forbid label words to look at any word before them there.",
  question: {
    asks: "How many answers of the model that reads label words stay?",
    answers: AMOUNTS,
    answer: ([, cut]: Results) => amountOf(stays(cut!).anchors),
  },
  sentence: ([, cut]) => staysText(cut!),
  holds: ([none, cut]) =>
    stays(none!).anchors === 1 && stays(cut!).anchors < 0.5 && stays(cut!).control > 0.8,
  why: "The first model has learned to keep an example’s topic in its label word. The second was trained another way, and shows that one can do without.",
};

const random: Step<State, Seen> = {
  title: "Is it any word?",
  look: "models-part",
  control: "target",
  states: [{}, { target: "random" }],
  words:
    "Perhaps any cut does harm. “Show me” cuts off as many words as before in the same layers, but other ones, drawn by lot.",
  sentence: ([labels, others]) =>
    `Without label words ${percent(stays(labels!).anchors)} of the answers stay, without as many random words ${percent(stays(others!).anchors)}; in the other model ${percent(stays(labels!).control)} and ${percent(stays(others!).control)}.`,
  holds: ([labels, others]) => stays(others!).anchors > stays(labels!).anchors + 0.3,
  why: "So it is the label words that count for the first model. A guess about the second: it keeps what it needs in other words, and random cuts hit some of these.",
};

const late: Step<State, Seen> = {
  title: "The same cut, late",
  look: "models-part",
  control: "where",
  states: [{}, { where: "last" }],
  words:
    "Now the same label words are cut off from the words before them in the last layers instead of the first.",
  question: {
    asks: "How many answers stay now?",
    answers: AMOUNTS,
    answer: ([, after]: Results) => amountOf(stays(after!).anchors),
  },
  sentence: ([before, after]) =>
    `Cut off in ${placeText(before!.of)}, ${percent(stays(before!).anchors)} of the answers stay; in ${placeText(after!.of)}, ${percent(stays(after!).anchors)}.`,
  holds: ([before, after]) => stays(after!).anchors > stays(before!).anchors + 0.3,
  why: "By then the label words have what they need: they are only read from, and that is not cut.",
};

const flow: Step<State, Seen> = {
  title: "Where the answer comes from",
  look: "flow-part",
  control: "layer",
  states: [{ layer: 2 }, {}],
  words:
    "Lines show the {flow} behind the answer from word to word: to the left in the model that reads label words, to the right in the other. “Show me” goes from the second layer to the last.",
  question: {
    asks: "In the last layer, how much of the left flow runs from label words into the answer?",
    answers: AMOUNTS,
    answer: ([, last]: Results) => amountOf(flowAt(last!).anchors.from),
  },
  sentence([second, last]) {
    const [was, is] = [flowAt(second!), flowAt(last!)];
    return `In layer ${second!.of.layer}, ${percent(was.anchors.into)} of the flow runs into label words; in layer ${last!.of.layer}, ${percent(is.anchors.from)} runs from them into the answer. In the other model it is ${percent(was.control.into)} and ${percent(is.control.from)}.`;
  },
  holds([second, last]) {
    const [was, is] = [flowAt(second!), flowAt(last!)];
    return (
      was.anchors.into > was.control.into &&
      is.anchors.from > was.anchors.from &&
      is.anchors.from > is.control.from
    );
  },
  why: "First gathered, then read, as the paper says. A guess about the other model: its first layer hands a label on to the words behind it, and the answer is read from those.",
};

/** The story of the anchors' page. */
export const story: Story<State, Seen> = {
  steps: [learned, early, random, late, flow],
  outcome: {
    title: "What the study found",
    look: "verdicts",
    words:
      "The study of this repository asks the paper’s claims of models that were trained anew over several {seed|seeds}. All but one came out as claimed. Counting label words more than others helped, but by less than the claim’s margin.",
  },
  sides: ["anchors", "control"],
};
