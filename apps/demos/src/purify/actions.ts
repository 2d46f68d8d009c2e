import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import type { RecordedPurify } from "./recorded";
import { address, doing, isLive, problems, shown, typed } from "./state";
import { problemOf } from "./text";
import type { TrainingEvent } from "./victim";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;

/** Whether an encoder is being trained; what is changed meanwhile is looked at when it is there. */
let isTraining = false;

/** Opens the page's state. */
export function openPurify({ outcome, reading }: RecordedPurify): void {
  address.read();
  const own = address.state.value;
  typed.value = own.text;
  const wrong = problemOf(own.text);
  if (wrong) address.set({ text: reading.text });
  if (own.seed !== outcome.seed) void train();
  else if (own.rho !== outcome.rho || (!wrong && own.text !== reading.text)) void look();
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

/** Cleans the encoder of the address at its ratio, and classifies its text. */
async function lookNow(): Promise<void> {
  const { seed, rho, text } = address.state.value;
  try {
    for await (const event of worker().run("look", { seed, rho, text })) {
      if (event.type === "training") told(event);
      if (event.type === "outcome")
        batch(() => {
          isTraining = false;
          shown.outcome.value = event.outcome;
          isLive.value = true;
        });
      if (event.type === "reading") shown.reading.value = event.reading;
    }
  } finally {
    isTraining = false;
  }
  const now = address.state.value;
  if (now.seed === seed && (now.rho !== rho || now.text !== text)) await lookNow();
}

const look = (): Promise<void> =>
  attempt(problems.run, doing, async () => {
    doing.value = "Purifying";
    await lookNow();
  });

/** Trains and attacks the encoder of the seed in the address, then cleans it. */
export const train = (): Promise<void> =>
  attempt(problems.run, doing, async () => {
    const { seed } = address.state.value;
    doing.value = "Starting";
    isTraining = true;
    try {
      for await (const event of worker().run("train", { seed })) told(event);
    } finally {
      isTraining = false;
    }
    doing.value = "Purifying";
    await lookNow();
  });

/** Drags the reserve ratio. */
export function chooseRho(rho: number): void {
  address.set({ rho });
  if (!isTraining) void look();
}

/** Types another text. One that cannot be classified leaves the answers as they are. */
export function type(text: string): void {
  typed.value = text;
  const wrong = problemOf(text);
  problems.text.value = wrong ? [wrong] : [];
  if (wrong) return;
  address.set({ text });
  if (!isTraining) void look();
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
