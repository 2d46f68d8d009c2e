import { batch } from "@preact/signals";
import { WorkerError } from "../bridge/worker-error";
import { messageOf } from "../shell/message-of";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { guessRange, guessStart } from "./guess-range";
import { movedText } from "./moved";
import type { OwnTable } from "./session";
import {
  address,
  BUDGET,
  doing,
  draft,
  isCurrent,
  isLive,
  isOpen,
  isRevealed,
  type Looked,
  moved,
  ownName,
  problems,
  RANGE,
  settings,
  shown,
} from "./state";
import { problemOf, TABLE_LIMITS } from "./table";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** The visitor's table, null where the shipped one has taken its place again; and whether the worker has it. */
let own: OwnTable | null | undefined;
let isSent = false;

/** Ends the look that is under way. */
let running = new AbortController();

/** Opens the page's state; a step of the story is opened by the story. */
export function openScaling(): void {
  address.read();
  problems.plan.value = address.problems.value;
  isRevealed.value = isOpen(address.state.value);
  if (address.state.value.step === 0 && !isCurrent.value) void look(problems.plan);
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "scaling" });
  const onEnd = () => {
    isSent = false;
    doing.value = "";
  };
  session ??= pageWorker<typeof methods>(open, onEnd, { isPlain: true });
  return session;
}

/** A package's message about its input, without the names of its function and its options. */
const messageFor = (error: unknown) =>
  error instanceof WorkerError && error.code !== "ERR_WORKER"
    ? `${error.message.replace(/^scaling-laws\/\w+: /, "").replace(/ \((?:min|max)[A-Z]\w*\)/g, "")}.`
    : messageOf(error);

/**
 * Looks at the table as the address says; what was shown before stays where that fails.
 * @param about where to say what went wrong
 * @returns whether it went well
 */
async function look(about: { value: string[] }, table?: OwnTable): Promise<boolean> {
  const { budget, hidden } = address.state.value;
  running.abort();
  running = new AbortController();
  const before = shown.value!;
  moved.value = "";
  doing.value = "Fitting the law";
  const sent = table ?? (isSent ? undefined : own);
  const what = table
    ? { own: table, hidden: 0, flops: undefined }
    : { own: sent, hidden, flops: 10 ** budget };
  try {
    for await (const found of worker().run("look", what, running.signal))
      batch(() => {
        if (sent !== undefined) isSent = true;
        shown.value = found;
        settings.value = { budget, hidden };
        doing.value = "";
        if (!table) moved.value = movedText(before, found);
        // A visitor's table has no run that is kept back.
        if (table) isRevealed.value = true;
        isLive.value = true;
        about.value = [];
      });
    return true;
  } catch (error) {
    const message = messageFor(error);
    if (message === undefined) return false;
    about.value = [message];
    doing.value = "";
    return false;
  }
}

/** Ends the look that is under way; the settings of the one before come back. */
export function stop(): void {
  running.abort();
  doing.value = "";
  address.set(settings.value);
}

/** Shows a look that the story has recorded. */
export function showRecorded({ state, look }: Looked): void {
  running.abort();
  batch(() => {
    if (own) {
      own = null;
      isSent = false;
    }
    ownName.value = undefined;
    shown.value = look;
    settings.value = { budget: state.budget, hidden: state.hidden };
    isRevealed.value = isOpen(state);
    draft.value = undefined;
    isLive.value = false;
    doing.value = "";
    moved.value = "";
  });
}

/** Looks at the settings, unless that is there. */
export async function runStep(): Promise<void> {
  isRevealed.value = isOpen(address.state.value);
  if (!isCurrent.value || doing.value !== "") await look(problems.plan);
  moved.value = "";
}

/** Takes a visitor's forecast, as far as the range goes. */
export function dragGuess(value: number): void {
  const { from, to } = guessRange(shown.value!);
  draft.value = Math.round(100 * Math.min(to, Math.max(from, value))) / 100;
}

/** Shows the law and the larger run, beside the visitor's forecast. */
export function reveal(): void {
  address.set({ guess: draft.value ?? guessStart(shown.value!) });
  isRevealed.value = true;
}

/** Hides the law and the larger run, so that they can be foretold. */
export function guessAgain(): void {
  const { budget, hidden } = address.state.value;
  address.set({ guess: 0, hidden: 0, budget: BUDGET });
  draft.value = undefined;
  isRevealed.value = false;
  if (budget !== BUDGET || hidden !== 0) void look(problems.plan);
}

/** Plans another budget. @param budget power of ten */
export function planBudget(budget: number): void {
  address.set({ budget });
  void look(problems.plan);
}

/** Hides the largest budgets from the law. */
export async function hideLargest(hidden: number): Promise<void> {
  const before = address.state.value.hidden;
  address.set({ hidden });
  const isFine = await look(problems.plan);
  if (!isFine && problems.plan.value.length > 0 && address.state.value.hidden === hidden)
    address.set({ hidden: before });
}

/** Takes a visitor's table, if a law can be fitted to it. */
export async function chooseTable(file: File | undefined): Promise<void> {
  if (!file) return;
  if (file.size > TABLE_LIMITS.bytes) {
    const size = Math.ceil(file.size / 1000).toLocaleString("en-US");
    problems.file.value = [
      `${file.name} has ${size} kB; at most ${(TABLE_LIMITS.bytes / 1000).toLocaleString("en-US")} kB are read.`,
    ];
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const problem = problemOf(bytes, file.name);
  problems.file.value = problem ? [problem] : [];
  if (problem) return;
  const table = { name: file.name, text: new TextDecoder().decode(bytes) };
  if (!(await look(problems.file, table))) return;
  own = table;
  const budget = Math.round(100 * Math.log10(shown.value!.plan.flops)) / 100;
  batch(() => {
    ownName.value = file.name;
    address.set({ hidden: 0, guess: 0, budget: Math.min(RANGE.max, Math.max(RANGE.min, budget)) });
    settings.value = { budget: address.state.value.budget, hidden: 0 };
  });
}

/** Saves all that is shown. */
export function save(): void {
  const { runs: _, line: __, ...found } = shown.value!;
  saveJson("deepgrain-scaling.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    table: ownName.value ?? "the study's runs",
    ...found,
  });
}
