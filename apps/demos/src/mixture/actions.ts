import { batch } from "@preact/signals";
import { saveModelFiles } from "../models/saved-models";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { chooseExperts } from "./choose-experts";
import { type Both, type Kind, kinds, sizes } from "./pair-names";
import type { RecordedMixture } from "./recorded";
import {
  address,
  busiestNames,
  doing,
  isLive,
  isTrained,
  off,
  problems,
  shown,
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
/** Whether the models that are shown were trained here, and whether the worker that held them has ended. */
let trained: "no" | "held" | "gone" = "no";

const GONE =
  "The models that were trained here are no longer held, as their worker has ended; Replay trains them again.";

/** Opens the page's state. */
export function openMixture(recorded: RecordedMixture): void {
  curveOfWhole = recorded.curve;
  address.read();
  const { seed, steps } = address.state.value;
  if (seed !== recorded.seed || steps !== recorded.steps) void trainBoth();
  else void lookAgain();
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
    let isWhole = false;
    doing.value = "Starting";
    try {
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
            shown.drops.value = event.drops;
            shown.tuning.value = null;
            isLive.value = true;
            isTrained.value = true;
            isWhole = true;
            problems.experts.value = [];
            curveOfWhole = shown.curve.value;
            trained = "held";
            switchAllOn();
          }
        });
    } finally {
      if (!isWhole) shown.curve.value = curveOfWhole;
    }
  });

/** Trains from new weights. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed + 1) % 2 ** 31 });
  void trainBoth();
}

/** The experts that were off when each model was last looked at. */
const seen: Both<readonly string[]> = { coarse: [], fine: [] };

/** Looks at the models whose experts have been switched since; where that fails, they are switched back. */
const lookAgain = (): Promise<void> =>
  attempt(problems.experts, doing, async () => {
    doing.value = "Looking";
    try {
      for (const kind of kinds) {
        const { seed, [kind]: names } = address.state.value;
        if (names.join() === seen[kind].join()) continue;
        for await (const probe of worker().run("look", { kind, off: off[kind].value, seed })) {
          shown.probes.value = { ...shown.probes.value!, [kind]: probe };
          seen[kind] = names;
        }
      }
    } catch (error) {
      const isReplaced = (error as Error).name === "AbortError";
      if (!isReplaced) address.set(seen);
      throw error;
    }
  });

/** Switches all experts on, as they are in models that have just been looked at. */
function switchAllOn(): void {
  for (const kind of kinds) seen[kind] = [];
  address.set({ coarse: [], fine: [] });
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
  const [coarse, fine] = [busiestNames("coarse", eighths), busiestNames("fine", eighths)];
  address.set({ coarse, fine });
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
    doing.value = "Tuning";
    for await (const event of worker().run("tune", { chosen, seed })) {
      if (event.type === "before") before = event.standing;
      else if (event.type === "tuned") tuned[event.way] = event.tuned;
      else
        doing.value = `Tuning ${event.way === "experts" ? "the chosen experts" : "all weights"} · step ${event.step} of ${event.steps}`;
    }
    batch(() => {
      shown.tuning.value = { p, before, tuned };
      problems.experts.value = [];
      isLive.value = true;
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
