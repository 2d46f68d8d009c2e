import { batch } from "@preact/signals";
import { saveModelFiles } from "../models/saved-models";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { chooseExperts } from "./choose-experts";
import { offText, tunedText } from "./moved";
import { type Both, type Kind, kinds, sizes } from "./pair-names";
import type { Probe } from "./probe";
import type { RecordedMixture } from "./recorded";
import {
  address,
  doing,
  isCurrent,
  isLive,
  isTrained,
  type Looked,
  moved,
  nowShown,
  offOf,
  problems,
  type Seen,
  seen,
  shown,
  showRecorded,
  toggleExpert,
} from "./state";
import { problemOf, TEXT_BYTES } from "./text";
import type { Tuned, Way } from "./tune";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** The visitor's text. */
let bytes: Uint8Array | undefined;
/** The curve of the last whole training. */
let curveOfWhole: RecordedMixture["curve"];
/** The results that the page was built with. */
let built: RecordedMixture;
/** Ends the work that is under way. */
let running = new AbortController();

function begin(): AbortSignal {
  running.abort();
  running = new AbortController();
  moved.value = "";
  return running.signal;
}
/** Whether the models that are shown were trained here, and whether the worker that held them has ended. */
let trained: "no" | "held" | "gone" = "no";

const GONE =
  "The models that were trained here are no longer held, as their worker has ended; Replay trains them again.";

/** Opens the page's state; a step of the story is opened by the story. */
export function openMixture(recorded: RecordedMixture): void {
  built = recorded;
  curveOfWhole = recorded.curve;
  address.read();
  problems.models.value = address.problems.value;
  const { seed, steps, step } = address.state.value;
  if (step > 0) return;
  if (seed !== recorded.seed || steps !== recorded.steps) void trainBoth();
  else if (!isCurrent.value) void lookAgain();
  problems.models.value = address.problems.value;
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "mixture" });
  session ??= pageWorker<typeof methods>(open, () => {
    if (trained === "held") trained = "gone";
    doing.value = "";
  });
  return session;
}

/** Trains both models from the seed in the address. */
export const trainBoth = (): Promise<void> =>
  attempt(problems.models, doing, async () => {
    const { seed, steps } = address.state.value;
    const curve: RecordedMixture["curve"] = [];
    const signal = begin();
    let isWhole = false;
    doing.value = "Starting";
    try {
      for await (const event of worker().run("train", { seed, steps, bytes }, signal))
        batch(() => {
          if (event.type === "step-end") doing.value = `Training · step ${event.step} of ${steps}`;
          else if (event.type === "eval-end") {
            curve.push({ step: event.step, losses: event.losses });
            shown.curve.value = [...curve];
          } else {
            shown.whole.value = event.probes;
            shown.probes.value = event.probes;
            shown.scores.value = event.scores;
            shown.drops.value = event.drops;
            shown.tuning.value = null;
            isLive.value = true;
            isTrained.value = true;
            isWhole = true;
            problems.experts.value = [];
            curveOfWhole = shown.curve.value;
            trained = "held";
            // Experts that were chosen are others in other models; a share of the busiest is left.
            address.set({ coarse: [], fine: [] });
            seen.value = { ...seenOf(), seed, steps, share: 0 };
          }
        });
    } finally {
      if (!isWhole) shown.curve.value = curveOfWhole;
      // The settings of what is shown come back, unless newer work has taken over.
      if (!isWhole && !signal.aborted) address.set(seen.value!);
    }
    await lookNow(signal);
  });

/** Trains from new weights. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed + 1) % 2 ** 31 });
  void trainBoth();
}

/** The part of the settings that is looked at. */
function seenOf(): Seen {
  const { seed, steps, share, coarse, fine } = address.state.value;
  return { seed, steps, share, coarse, fine };
}

/** Looks at the models whose experts have been switched since. */
async function lookNow(signal: AbortSignal): Promise<void> {
  const now = seenOf();
  const found: Partial<Both<Probe>> = {};
  for (const kind of kinds) {
    const off = offOf(kind);
    if (JSON.stringify(off) === JSON.stringify(offOf(kind, seen.value!))) continue;
    const run = { kind, off, seed: now.seed, isShipped: trained === "no" };
    for await (const probe of worker().run("look", run, signal)) found[kind] = probe;
  }
  batch(() => {
    shown.probes.value = { ...shown.probes.value!, ...found };
    seen.value = now;
    moved.value = offText(nowShown());
  });
}

/** Looks again; where that fails, the experts are switched back. */
const lookAgain = (): Promise<void> =>
  attempt(problems.experts, doing, async () => {
    const signal = begin();
    doing.value = "Looking";
    try {
      await lookNow(signal);
    } catch (error) {
      if (!signal.aborted) address.set(seen.value!);
      throw error;
    }
  });

/** Ends the work that is under way; what is shown stays, and its settings come back. */
export function stop(): void {
  running.abort();
  batch(() => {
    doing.value = "";
    shown.curve.value = curveOfWhole;
    address.set(seen.value!);
  });
}

/** Shows the shipped models with all experts on, at which the story's steps begin. */
export function showStep({ tuning }: Looked): void {
  // They are there already, and may be being tuned.
  if (isCurrent.value && trained === "no") return;
  running.abort();
  batch(() => {
    doing.value = "";
    moved.value = "";
    bytes = undefined;
    trained = "no";
    curveOfWhole = built.curve;
    showRecorded(built);
    shown.tuning.value = tuning;
  });
}

/** Runs the settings, unless their result is there. */
export async function runStep(): Promise<void> {
  if (isCurrent.value && doing.value === "") return;
  const { seed, steps } = address.state.value;
  if (trained === "gone" || seed !== seen.value!.seed || steps !== seen.value!.steps)
    await trainBoth();
  else await lookAgain();
  moved.value = "";
}

/** Whether experts can be switched now; says why where they cannot. */
function canSwitch(): boolean {
  const isBusy = /^(Starting|Training|Tuning)/.test(doing.value);
  if (trained === "gone") problems.experts.value = [GONE];
  else if (isBusy)
    problems.experts.value = ["The models are in training; switch experts when they are done."];
  return trained !== "gone" && !isBusy;
}

/** Switches the busiest experts of both models off and all others on, and looks again. @param eighths of each layer's */
export function switchBusiest(eighths: number): void {
  if (!canSwitch()) return;
  address.set({ share: eighths, coarse: [], fine: [] });
  void lookAgain();
}

/** Switches an expert and looks again. */
export function switchExpert(kind: Kind, layer: number, expert: number): void {
  if (!canSwitch()) return;
  if (toggleExpert(kind, layer, expert)) {
    void lookAgain();
    return;
  }
  const { experts, topK } = sizes[kind];
  problems.experts.value = [
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
  attempt(problems.tuning, doing, async () => {
    if (trained === "gone") {
      problems.tuning.value = [GONE];
      return;
    }
    const { p, seed } = address.state.value;
    const chosen = chooseExperts(shown.scores.value, p);
    let before = { accuracy: 0, loss: 0 };
    const tuned = {} as Record<Way, Tuned>;
    const signal = begin();
    const run = { chosen, seed, isShipped: trained === "no" };
    doing.value = "Tuning";
    for await (const event of worker().run("tune", run, signal)) {
      if (event.type === "before") before = event.standing;
      else if (event.type === "tuned") tuned[event.way] = event.tuned;
      else
        doing.value = `Tuning ${event.way === "experts" ? "the chosen experts" : "all weights"} · step ${event.step} of ${event.steps}`;
    }
    batch(() => {
      shown.tuning.value = { p, before, tuned };
      problems.experts.value = [];
      isLive.value = true;
      moved.value = tunedText({ p, before, tuned });
    });
  });

/** Opens a model that was trained here on the page “Your model”, by way of this browser's files. */
export const openElsewhere = (kind: Kind): Promise<void> =>
  attempt(problems.models, doing, async () => {
    const name = `mixture-${kind}`;
    doing.value = "Saving";
    for await (const files of worker().run("files", { kind })) await saveModelFiles(name, files);
    location.href = `./model.html#saved=${name}`;
  });

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-mixture.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    curve: shown.curve.value,
    probes: shown.probes.value,
    scores: shown.scores.value,
    drops: shown.drops.value,
    tuning: shown.tuning.value,
  });
}
