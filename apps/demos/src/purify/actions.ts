import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { movedText } from "./moved";
import type { RecordedPurify } from "./recorded";
import { problemOfSecret } from "./secret";
import {
  address,
  doing,
  isCurrent,
  isLive,
  moved,
  type Purified,
  problems,
  shown,
  typed,
  typedWord,
} from "./state";
import { problemOf } from "./text";
import type { TrainingEvent } from "./victim";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** Ends the run that is under way. */
let running = new AbortController();

/** Whether an encoder is being trained; what is changed meanwhile is looked at when it is there. */
let isTraining = false;

/** Opens the page's state; a step of the story is opened by the story. */
export function openPurify({ outcome, reading }: RecordedPurify): void {
  address.read();
  const own = address.state.value;
  typed.value = own.text;
  typedWord.value = own.word;
  const wrong = problemOf(own.text, own.word);
  if (wrong) address.set({ text: reading.text });
  const isRecorded = isCurrent.value || own.step > 0;
  if (!isRecorded && own.seed !== outcome.seed) void train();
  else if (!isRecorded) void look();
  problems.run.value = address.problems.value;
  problems.text.value = wrong ? [wrong] : [];
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "purify" });
  session ??= pageWorker<typeof methods>(open, () => {
    isTraining = false;
    doing.value = "";
  });
  return session;
}

const names: Record<TrainingEvent["part"], string> = {
  pretrain: "Pre-training",
  attack: "Poisoning",
};

const told = ({ part, done, steps }: TrainingEvent) => {
  isTraining = true;
  doing.value = `${names[part]} · step ${done} of ${steps}`;
};

const nowShown = (): Purified => ({
  outcome: shown.outcome.value!,
  reading: shown.reading.value!,
});

/** Cleans the encoder of the address at its ratio, and classifies its text. */
async function lookNow(signal: AbortSignal): Promise<void> {
  const { seed, word, rho, text } = address.state.value;
  const before = nowShown();
  const found: Partial<Purified> = {};
  try {
    for await (const event of worker().run("look", { seed, word, rho, text }, signal)) {
      if (event.type === "training") told(event);
      if (event.type === "outcome") {
        isTraining = false;
        found.outcome = event.outcome;
        doing.value = "Reading";
      }
      if (event.type === "reading") found.reading = event.reading;
    }
    batch(() => {
      shown.outcome.value = found.outcome!;
      shown.reading.value = found.reading!;
      isLive.value = true;
      moved.value = movedText(before, nowShown());
    });
  } finally {
    isTraining = false;
  }
  const now = address.state.value;
  if (now.seed === seed && now.word === word && (now.rho !== rho || now.text !== text))
    await lookNow(signal);
}

function run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  moved.value = "";
  return attempt(problems.run, doing, async () => {
    try {
      await work(signal);
    } catch (error) {
      // The settings of what is shown come back, unless newer work has taken over.
      if (!signal.aborted) back();
      throw error;
    }
  });
}

const look = (): Promise<void> =>
  run(async (signal) => {
    doing.value = "Purifying";
    await lookNow(signal);
  });

/** Trains and attacks the encoder of the seed in the address, then cleans it. */
export const train = (): Promise<void> =>
  run(async (signal) => {
    const { seed, word } = address.state.value;
    doing.value = "Starting";
    isTraining = true;
    try {
      for await (const event of worker().run("train", { seed, word }, signal)) told(event);
    } finally {
      isTraining = false;
    }
    doing.value = "Purifying";
    await lookNow(signal);
  });

function back(): void {
  const { outcome, reading } = nowShown();
  batch(() => {
    isTraining = false;
    address.set({
      seed: outcome.seed,
      word: outcome.word,
      rho: outcome.rho,
      text: reading.text,
    });
    typed.value = reading.text;
    typedWord.value = outcome.word;
  });
}

/** Ends the run; what is shown stays, and so do its settings. */
export function stop(): void {
  running.abort();
  doing.value = "";
  back();
}

/** Shows the result of the settings as the story has recorded it. */
export function showRecorded({ outcome, reading }: Purified): void {
  // It is there already, and a word may be being typed beside it.
  if (isCurrent.value && !isLive.value && doing.value === "") return;
  running.abort();
  batch(() => {
    doing.value = "";
    moved.value = "";
    isTraining = false;
    isLive.value = false;
    shown.outcome.value = outcome;
    shown.reading.value = reading;
    typed.value = reading.text;
    typedWord.value = outcome.word;
  });
}

/** Runs the settings, unless their result is there. */
export async function runStep(): Promise<void> {
  const { text, word } = address.state.value;
  typed.value = text;
  typedWord.value = word;
  if (isCurrent.value && doing.value === "") return;
  await look();
  moved.value = "";
}

/** Drags the reserve ratio. */
export function chooseRho(rho: number): void {
  address.set({ rho });
  if (!isTraining) void look();
}

/** Types another text. One that cannot be classified leaves the answers as they are. */
export function type(text: string): void {
  typed.value = text;
  const wrong = problemOf(text, address.state.value.word);
  problems.text.value = wrong ? [wrong] : [];
  if (wrong) return;
  address.set({ text });
  if (!isTraining) void look();
}

/** Types another secret word. */
export function typeWord(word: string): void {
  typedWord.value = word.trim().toLowerCase();
  const wrong = problemOfSecret(typedWord.value);
  problems.word.value = wrong ? [wrong] : [];
}

/** Attacks the encoder with the secret word that was typed. */
export function poison(): void {
  typeWord(typedWord.value);
  if (problems.word.value.length > 0) return;
  const word = typedWord.value;
  const { text } = address.state.value;
  const wrong = problemOf(text, word);
  problems.text.value = wrong ? [wrong] : [];
  if (wrong) return;
  address.set({ word });
  void look();
}

/** Trains and attacks from new weights. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed % (2 ** 31 - 1)) + 1 });
  void train();
}

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-purify.json", {
    isRecorded: !isLive.value,
    outcome: shown.outcome.value,
    reading: shown.reading.value,
  });
}
