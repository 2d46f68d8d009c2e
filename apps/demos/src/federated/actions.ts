import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { type Answers, chosen } from "./answers";
import { movedText } from "./moved";
import type { Run } from "./names";
import type { RecordedFederation } from "./recorded";
import type { SessionEvent } from "./session";
import {
  address,
  doing,
  type Federation,
  growing,
  isCurrent,
  isLive,
  isSameRun,
  lit,
  moved,
  problems,
  setupOf,
  whole,
} from "./state";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** Ends the run that is under way. */
let running = new AbortController();
/** Whether the networks of the settings are being trained: what is drawn meanwhile is answered when they are there. */
let isTraining = false;

/** Opens the page's state; a step of the story is opened by the story. */
export function openFederated(recorded: RecordedFederation): void {
  whole.value = recorded.federation;
  address.read();
  problems.value = address.problems.value;
  if (address.state.value.step > 0 || isCurrent.value) return;
  const found = problems.value;
  void federateBoth();
  problems.value = found;
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "federated" });
  session ??= pageWorker<typeof methods>(open, () => {
    doing.value = "";
  });
  return session;
}

/** Shows a whole result. */
function settle(result: Federation): void {
  whole.value = result;
  growing.value = null;
  const { label, redgrape } = result.answers;
  lit.value = label ?? chosen(redgrape);
}

function follow(event: SessionEvent, rounds: number): Answers | undefined {
  if (event.type === "answers") return event.answers;
  batch(() => {
    if (event.type === "split") {
      isTraining = true;
      growing.value = { countsPerClient: event.countsPerClient, rounds: [] };
    } else {
      const run: Run = growing.value!;
      growing.value = { ...run, rounds: [...run.rounds, event.scores] };
      doing.value = `Training · round ${event.round} of ${rounds}`;
    }
  });
  return undefined;
}

/** Trains where the networks are not there, then lets them answer. @param isAnew whether they are trained in any case */
async function work(isAnew: boolean): Promise<void> {
  const { signal } = running;
  const setup = setupOf(address.state.value);
  if (isAnew)
    for await (const event of worker().run("run", setup, signal)) follow(event, setup.rounds);
  isTraining = false;
  let answers: Answers | undefined;
  let { digit } = address.state.value;
  do {
    digit = address.state.value.digit;
    for await (const event of worker().run("answer", { ...setup, digit }, signal))
      answers = follow(event, setup.rounds) ?? answers;
  } while (digit !== address.state.value.digit);
  batch(() => {
    const before = whole.value!;
    const run = growing.value ?? before.run;
    settle({ state: { ...address.state.value }, run, answers: answers! });
    isLive.value = true;
    moved.value = movedText(before, whole.value!);
    doing.value = "";
  });
}

async function runNow(isAnew: boolean): Promise<void> {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  moved.value = "";
  await attempt(problems, doing, async () => {
    doing.value = "Starting";
    isTraining = isAnew;
    try {
      await work(isAnew);
    } catch (error) {
      // The last whole run comes back, with its settings, unless newer work has taken over.
      if (!signal.aborted) back();
      throw error;
    }
  });
}

function back(): void {
  batch(() => {
    isTraining = false;
    growing.value = null;
    const { step } = address.state.value;
    address.set({ ...whole.value!.state, step });
  });
}

/** Ends the run; the last whole one comes back. */
export function stop(): void {
  running.abort();
  doing.value = "";
  back();
}

/** Trains both federations as the address says. */
export const federateBoth = (): Promise<void> => runNow(true);

/** Shows the result of the settings as the story has recorded it. */
export function showRecorded(result: Federation): void {
  running.abort();
  batch(() => {
    doing.value = "";
    moved.value = "";
    isLive.value = false;
    settle(result);
  });
}

/** Runs the settings, unless their result is there. */
export async function runStep(): Promise<void> {
  if (isCurrent.value && doing.value === "") return;
  await runNow(!isSameRun(address.state.value, whole.value!.state));
  moved.value = "";
}

/** Changes how rows are spread or what RedGrape has, and trains anew. */
export function change(part: Parameters<typeof address.set>[0]): void {
  address.set(part);
  void federateBoth();
}

/** Lets both federations answer a digit. */
export function ask(digit: string): void {
  address.set({ digit });
  if (!isTraining || doing.value === "") void runNow(false);
}

/** Trains from new weights and another split. */
export const renew = (): void => change({ seed: (address.state.value.seed + 1) % 2 ** 31 });

/** Saves all that is shown. */
export function save(): void {
  const { run, answers } = whole.value!;
  saveJson("deepgrain-federated.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    ...(growing.value ?? run),
    answers,
  });
}
