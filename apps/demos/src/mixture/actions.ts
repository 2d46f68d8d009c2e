import { batch } from "@preact/signals";
import { messageOf } from "../shell/message-of";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-json";
import { chooseExperts } from "./choose-experts";
import type { Kind } from "./pair-names";
import type { RecordedMixture } from "./recorded";
import {
  address,
  allOn,
  doing,
  hasOff,
  isLive,
  off,
  problems,
  shown,
  showRecorded,
  sizes,
  toggleExpert,
} from "./state";
import { problemOf, TEXT_BYTES } from "./text";
import type { Tuned, Way } from "./tune";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
let recording: RecordedMixture;
/** The visitor's text. */
let bytes: Uint8Array | undefined;

/** Opens the page's state. */
export function openMixture(recorded: RecordedMixture): void {
  recording = recorded;
  address.read();
  problems.models.value = address.problems.value;
  const { seed, steps } = address.state.value;
  if (seed !== recorded.seed || steps !== recorded.steps) void trainBoth();
  else for (const kind of ["coarse", "fine"] as const) if (hasOff(kind)) void lookAt(kind);
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "mixture" });
  session ??= pageWorker<typeof methods>(open, () => {
    if (isLive.value)
      batch(() => {
        showRecorded(recording);
        allOn();
      });
    doing.value = "";
  });
  return session;
}

/** Does some work and says what went wrong beside its control; what was shown before stays. */
async function attempt(about: { value: string[] }, work: () => Promise<void>): Promise<void> {
  about.value = [];
  try {
    await work();
    doing.value = "";
  } catch (error) {
    const message = messageOf(error);
    if (message === undefined) return;
    about.value = [message];
    doing.value = "";
  }
}

/** Trains both models from the seed in the address. */
export const trainBoth = (): Promise<void> =>
  attempt(problems.models, async () => {
    const { seed, steps } = address.state.value;
    const curve: RecordedMixture["curve"] = [];
    doing.value = "Starting";
    for await (const event of worker().run("train", { seed, steps, bytes }))
      batch(() => {
        if (event.type === "step-end") doing.value = `Training · step ${event.step} of ${steps}`;
        else if (event.type === "eval-end") {
          curve.push({ step: event.step, losses: event.losses });
          shown.curve.value = [...curve];
        } else {
          shown.whole.value = event.probes;
          shown.probes.value = event.probes;
          shown.scores.value = event.scores;
          shown.tuning.value = null;
          isLive.value = true;
          allOn();
        }
      });
  });

/** Trains from new weights. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed + 1) % 2 ** 31 });
  void trainBoth();
}

/** Looks at a model with those experts off that the address names. */
const lookAt = (kind: Kind): Promise<void> =>
  attempt(problems.models, async () => {
    doing.value = "Looking";
    const { seed } = address.state.value;
    for await (const probe of worker().run("look", { kind, off: off[kind].value, seed }))
      shown.probes.value = { ...shown.probes.value!, [kind]: probe };
  });

/** Switches an expert and looks again. */
export function switchExpert(kind: Kind, layer: number, expert: number): void {
  if (toggleExpert(kind, layer, expert)) {
    void lookAt(kind);
    return;
  }
  const { experts, topK } = sizes[kind];
  problems.models.value = [
    `A letter needs ${topK} experts, so at most ${experts - topK} of a layer's ${experts} can be off.`,
  ];
}

/** Learns from a visitor's file, if it is a text. */
export async function chooseFile(file: File | undefined): Promise<void> {
  if (!file) return;
  const isHuge = file.size > TEXT_BYTES.max;
  const content = new Uint8Array(isHuge ? new ArrayBuffer(0) : await file.arrayBuffer());
  const problem = isHuge
    ? `${file.name} has ${Math.ceil(file.size / 1000).toLocaleString("en-US")} kB; at most ${TEXT_BYTES.max / 1000} kB are read.`
    : problemOf(content, file.name);
  problems.file.value = problem ? [problem] : [];
  if (problem) return;
  bytes = content;
  void trainBoth();
}

/** Tunes the chosen experts, and all weights beside them. */
export const tune = (): Promise<void> =>
  attempt(problems.tuning, async () => {
    const { p, seed } = address.state.value;
    const chosen = chooseExperts(shown.scores.value, p);
    let before = { accuracy: 0, loss: 0 };
    const tuned = {} as Record<Way, Tuned>;
    doing.value = "Tuning";
    for await (const event of worker().run("tune", { chosen, seed })) {
      if (event.type === "before") before = event.standing;
      else if (event.type === "tuned") tuned[event.way] = event.tuned;
      else
        doing.value = `Tuning ${event.way === "experts" ? "the chosen experts" : "all weights"} · step ${event.step} of ${event.steps}`;
    }
    batch(() => {
      shown.tuning.value = { p, before, tuned };
      isLive.value = true;
    });
  });

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-mixture.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    curve: shown.curve.value,
    probes: shown.probes.value,
    scores: shown.scores.value,
    tuning: shown.tuning.value,
  });
}
