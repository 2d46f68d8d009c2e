import { batch } from "@preact/signals";
import { oneAtATime } from "../shell/one-at-a-time";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { movedText } from "./moved";
import { type Both, type Scheme, schemes } from "./names";
import type { RecordedWatermark } from "./recorded";
import {
  address,
  doing,
  isCurrent,
  isLive,
  moved,
  nowShown,
  payloadProblem,
  problems,
  settingsOf,
  shown,
  showRecorded,
  textProblem,
} from "./state";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "watermark" });
  session ??= pageWorker<typeof methods>(open, () => {
    doing.value = "";
    shown.growing.value = {};
  });
  return session;
}

/** The results that the page was built with. */
let built: RecordedWatermark;

const { run, stop, end } = oneAtATime({
  about: problems.run,
  doing,
  moved,
  back() {
    shown.growing.value = {};
    address.set(shown.of.value!);
    shown.payload.value = shown.of.value!.payload;
  },
});

export { stop };

/** Opens the page's state; a step of the story is opened by the story. */
export function openWatermark(recorded: RecordedWatermark): void {
  built = recorded;
  address.read();
  problems.run.value = address.problems.value;
  if (address.state.value.step > 0) return;
  const { seed, payload, strength, rate, key, balanced, plain } = address.state.value;
  shown.payload.value = payload;
  const isOther =
    seed !== recorded.seed || payload !== recorded.payload || strength !== recorded.strength;
  if (isOther) void writeBoth();
  else if (rate > 0 || key !== "own" || balanced !== "" || plain !== "") void readBoth();
  problems.run.value = address.problems.value;
}

/** The texts that are read: as written, or as edited. */
function texts(): Both<string> {
  const { balanced, plain } = address.state.value;
  const { written } = shown;
  return { balanced: balanced || written.value.balanced, plain: plain || written.value.plain };
}

/** Reads both texts as the address says. */
async function readNow(signal: AbortSignal): Promise<void> {
  const before = nowShown();
  const settings = settingsOf(address.state.value);
  const own = texts();
  shown.drafts.value = own;
  const readings = { ...shown.readings.value! };
  const short: Scheme[] = [];
  const runs = schemes.map((scheme) => ({ ...settings, scheme, text: own[scheme] }));
  for await (const { run, reading } of worker().run("readAll", runs, signal))
    if (reading) readings[run.scheme] = reading;
    else short.push(run.scheme);
  batch(() => {
    shown.readings.value = readings;
    shown.of.value = settings;
    isLive.value = true;
    moved.value = movedText(before, nowShown());
    for (const scheme of schemes)
      problems[scheme].value = short.includes(scheme)
        ? ["Too little is left to read a message from; what was read before stays."]
        : [];
  });
}

/** Writes both texts from the seed in the address. */
async function writeNow(signal: AbortSignal): Promise<void> {
  const { seed, payload, strength } = address.state.value;
  const written = { ...shown.written.value };
  try {
    for (const scheme of schemes)
      for await (const text of worker().run("write", { scheme, payload, strength, seed }, signal)) {
        written[scheme] = text;
        shown.growing.value = { ...shown.growing.value, [scheme]: text };
      }
    shown.written.value = written;
  } finally {
    shown.growing.value = {};
  }
}

export const readBoth = (): Promise<void> => run("Reading", readNow);

/** Writes both texts from the seed in the address, then reads them. */
export const writeBoth = (): Promise<void> =>
  run("Writing", async (signal) => {
    await writeNow(signal);
    doing.value = "Reading";
    await readNow(signal);
  });

/** Shows what was recorded, at which the story's steps begin. */
export function showStep(): void {
  if (isCurrent.value && doing.value === "") return;
  end();
  batch(() => {
    shown.growing.value = {};
    showRecorded(built);
  });
}

/** Runs the settings, unless their result is there. */
export async function runStep(): Promise<void> {
  if (isCurrent.value && doing.value === "") return;
  const { seed, payload, strength } = address.state.value;
  const { of } = shown;
  const isSame =
    of.value?.seed === seed && of.value.payload === payload && of.value.strength === strength;
  shown.payload.value = payload;
  await (isSame ? readBoth() : writeBoth());
  moved.value = "";
}

/** Writes anew; texts that were edited give way. */
function rewrite(part: Partial<typeof address.state.value>): void {
  address.set({ ...part, balanced: "", plain: "" });
  void writeBoth();
}

/** Writes once more from the same seed. */
export const replay = (): void => rewrite({});

/** Writes from another seed. */
export const renew = (): void => rewrite({ seed: (address.state.value.seed + 1) % 2 ** 31 });

/** Writes with another strength of the mark. */
export const chooseStrength = (strength: number): void => rewrite({ strength });

/** Hides another message, if it can be hidden. */
export function choosePayload(text: string): void {
  shown.payload.value = text;
  const problem = payloadProblem(text);
  problems.payload.value = problem ? [problem] : [];
  if (!problem) rewrite({ payload: text.trim() });
}

/** Reads with another attack or key. */
export function readWith(
  part: Partial<Pick<typeof address.state.value, "attack" | "rate" | "key">>,
): void {
  address.set(part);
  void readBoth();
}

/** Reads a text that the visitor has changed. */
export function edit(scheme: Scheme, text: string): void {
  shown.drafts.value = { ...shown.drafts.value, [scheme]: text };
  const problem = textProblem(text);
  problems[scheme].value = problem ? [problem] : [];
  if (problem) return;
  address.set({ [scheme]: text === shown.written.value[scheme] ? "" : text });
  void readBoth();
}

/** Takes a word out of a text as it is shown; what the attack has done to both stays done. */
export function strike(scheme: Scheme, at: number): void {
  const readings = shown.readings.value!;
  if (address.state.value.rate > 0)
    address.set({ rate: 0, balanced: readings.balanced.text, plain: readings.plain.text });
  edit(
    scheme,
    readings[scheme].tokens
      .filter((_, i) => i !== at)
      .map(([text]) => text)
      .join(""),
  );
}

/** Shows the texts as they were written. */
export function restore(): void {
  address.set({ balanced: "", plain: "", rate: 0 });
  void readBoth();
}

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-watermark.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    written: shown.written.value,
    readings: shown.readings.value,
  });
}
