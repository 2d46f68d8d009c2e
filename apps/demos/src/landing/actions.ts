import { batch, signal } from "@preact/signals";
import { messageOf } from "../shell/message-of";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { EXPERTS, LEAST_ON, LONGEST, SENTENCE, STEPS } from "./limits";
import { movedText } from "./moved";
import type { RecordedSentence } from "./recorded";
import { empty, withEvent } from "./run-state";
import {
  address,
  fields,
  growing,
  isBusy,
  isCurrent,
  moved,
  orderOf,
  phase,
  problems,
  type State,
  step,
  trainingOf,
  type Written,
  whole,
} from "./state";
import type { methods } from "./worker";

/** The sentence as it stands in its field. */
export const typed = signal(SENTENCE);

let learner: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** Ends the run that is under way. */
let running = new AbortController();
/** Whether the last whole run is this page's own. */
let isOwn = false;

const openWorker = () =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "landing" });

/** Shows the last whole run where a newer one has ended early. */
function showWhole(): void {
  batch(() => {
    growing.value = null;
    phase.value = isOwn ? "done" : "recorded";
  });
}

/** Opens the page's state; a step of the story is opened by the story. */
export function openLanding({ written }: RecordedSentence): void {
  whole.value = written;
  address.read();
  typed.value = address.state.value.text;
  problems.value = address.problems.value;
  if (address.state.value.step > 0 || isCurrent.value) return;
  const found = problems.value;
  void learn();
  problems.value = found;
}

/** Learns the state, unless that is what was learned last, and writes. @param isAnew whether to learn in any case */
export async function learn(isAnew = false): Promise<void> {
  learner ??= pageWorker<typeof methods>(openWorker, showWhole);
  running.abort();
  running = new AbortController();
  const state = { ...address.state.value };
  const before = whole.value!;
  let so = empty(state, before.loss);
  batch(() => {
    problems.value = [];
    moved.value = "";
    step.value = 0;
    phase.value = isAnew || !isSameTraining(state, before.state) ? "learning" : "writing";
  });
  try {
    for await (const event of learner.run("run", { ...orderOf(state), isAnew }, running.signal)) {
      so = withEvent(so, event);
      batch(() => {
        if (event.type === "step-end") step.value = event.step;
        phase.value = event.type === "step-end" ? "learning" : "writing";
        if (event.type !== "step-end") growing.value = so;
      });
    }
    settle(so, true);
    moved.value = movedText(before, so);
  } catch (error) {
    const message = messageOf(error);
    if (message === undefined) return;
    problems.value = [message];
    showWhole();
  }
}

const isSameTraining = (one: State, other: State): boolean =>
  JSON.stringify(trainingOf(one)) === JSON.stringify(trainingOf(other));

function settle(written: Written, isLive: boolean): void {
  batch(() => {
    isOwn = isLive;
    whole.value = written;
    showWhole();
  });
}

/** Ends the run; the last whole one comes back, with its settings. */
export function stop(): void {
  running.abort();
  const { state } = whole.value!;
  address.set({ ...state, step: address.state.value.step });
  typed.value = state.text;
  showWhole();
}

/** Takes the sentence as it is typed. */
export function type(text: string): void {
  typed.value = text;
  const field = fields.text.read(text);
  if ("expected" in field) {
    problems.value = [
      text.trim() === ""
        ? "Type at least one letter; what was learned before stays."
        : `A sentence may have ${LONGEST} characters.`,
    ];
    return;
  }
  change({ text });
}

/** Changes what is learned, or how it is written. */
export function change(part: Partial<State>): void {
  address.set(part);
  void learn();
}

/** Switches an expert off or on. */
export function turn(name: string): void {
  const { off } = address.state.value;
  const isOff = off.includes(name);
  if (!isOff && off.length === EXPERTS - LEAST_ON) {
    problems.value = [`The router chooses ${LEAST_ON} experts, so ${LEAST_ON} must stay on.`];
    return;
  }
  change({ off: isOff ? off.filter((one) => one !== name) : [...off, name].sort() });
}

/** Shows a result that the story has recorded. */
export function showRecorded(written: Written): void {
  running.abort();
  batch(() => {
    moved.value = "";
    typed.value = written.state.text;
    settle(written, false);
  });
}

/** Runs the settings, unless their result is there. */
export async function runStep(): Promise<void> {
  typed.value = address.state.value.text;
  if (isCurrent.value && !isBusy.value) return;
  await learn();
  moved.value = "";
}

/** Learns from new weights. */
export const renew = (): void => change({ seed: (address.state.value.seed + 1) % 2 ** 31 });

/** Saves all that is shown. */
export function save(): void {
  const { state, ...found } = growing.value ?? whole.value!;
  const { text: sentence, step: _, ...settings } = state;
  saveJson("deepgrain-sentence.json", {
    sentence,
    ...settings,
    steps: STEPS,
    ...found,
    letters: found.texts.flat(),
  });
}
