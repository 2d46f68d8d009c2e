import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { movedText } from "./moved";
import { readPrompt, writePrompt } from "./prompt-text";
import type { RecordedAnchors } from "./recorded";
import {
  address,
  doing,
  isLive,
  isRun,
  moved,
  problems,
  type Seen,
  type Settings,
  settingsOf,
  shown,
  showRecorded,
  typed,
} from "./state";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** Ends the run that is under way. */
let running = new AbortController();

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "anchors" });
  session ??= pageWorker<typeof methods>(open, () => {
    doing.value = "";
  });
  return session;
}

/** Opens the page's state; a step of the story is opened by the story. */
export function openAnchors({ of }: RecordedAnchors): void {
  address.read();
  const { step, seed, target, prompt } = address.state.value;
  if (prompt !== "") typed.value = prompt.replaceAll("; ", "\n");
  if (step === 0 && (seed !== of.seed || target !== of.target || prompt !== "")) void look();
  problems.run.value = address.problems.value;
}

/** The settings of what is shown come back. */
function back(): void {
  const { of, reading } = shown.value!;
  address.set(of);
  typed.value = reading.text;
  problems.prompt.value = [];
}

/** Asks both models all prompts, unless they have been asked here, and the one of the address. */
async function lookNow(isAnew: boolean, signal: AbortSignal): Promise<void> {
  const of = settingsOf(address.state.value);
  const { seed, target, prompt } = of;
  const then = shown.value!;
  const looks = { ...then.looks };
  doing.value = "Asking both models";
  if (isAnew || !isLive.value || then.of.seed !== seed || then.of.target !== target)
    for await (const { name, look } of worker().run("look", { seed, target }, signal))
      looks[name] = look;
  for await (const reading of worker().run("ask", { seed, target, prompt }, signal))
    batch(() => {
      // Cuts and the drawn layer may have been moved meanwhile.
      const { where, layers, layer } = address.state.value;
      const seen = { of: { ...of, where, layers, layer }, looks, reading };
      // A prompt that cannot be read yet may be being typed.
      if (prompt === "" && problems.prompt.value.length === 0) typed.value = reading.text;
      tell(then.of, seen);
      shown.value = seen;
      isLive.value = true;
    });
}

/** Asks both models as the address says. @param isAnew whether all that is shown is asked again */
export function look(isAnew = false): Promise<void> {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  moved.value = null;
  return attempt(problems.run, doing, async () => {
    try {
      await lookNow(isAnew, signal);
    } catch (error) {
      if (!signal.aborted) back();
      throw error;
    }
  });
}

function tell(before: Settings, after: Seen): void {
  const { seed, prompt, layer } = after.of;
  const isPrompt = before.seed === seed && (before.prompt !== prompt || before.layer !== layer);
  moved.value = { part: isPrompt ? "prompt" : "cut", text: movedText(before, after) };
}

/** Ends the run; what is shown stays, and so do its settings. */
export function stop(): void {
  running.abort();
  doing.value = "";
  back();
}

/** Cuts elsewhere, or draws another layer; models are asked again unless they have been asked for it here. */
export function move(part: Partial<Pick<Settings, "target" | "where" | "layers" | "layer">>): void {
  address.set(part);
  if (!("layer" in part) && !isRun.value) {
    if (doing.value === "" || "target" in part) void look();
    return;
  }
  const seen = { ...shown.value!, of: settingsOf(address.state.value) };
  tell(shown.value!.of, seen);
  shown.value = seen;
}

/** Types another prompt. One that cannot be read leaves the answers as they are. */
export function type(text: string): void {
  typed.value = text;
  const found = readPrompt(text);
  problems.prompt.value = "problem" in found ? [found.problem] : [];
  if ("problem" in found) return;
  const prompt = writePrompt(found.lines, "; ");
  if (prompt === address.state.value.prompt) return;
  address.set({ prompt });
  void look();
}

/** Asks about other prompts. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed + 1) % 2 ** 31, prompt: "" });
  problems.prompt.value = [];
  void look();
}

/** Shows the result of the settings as the story has recorded it. */
export function showStep(seen: Seen): void {
  running.abort();
  batch(() => {
    doing.value = "";
    moved.value = null;
    problems.prompt.value = [];
    showRecorded(seen);
  });
}

/** Runs the settings, unless their result is there. */
export async function runStep(): Promise<void> {
  const { prompt } = address.state.value;
  if (prompt !== "") typed.value = prompt.replaceAll("; ", "\n");
  if (isRun.value) return;
  await look();
  moved.value = null;
}

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-anchors.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    looks: shown.value!.looks,
    reading: shown.value!.reading,
  });
}
