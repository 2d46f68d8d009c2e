import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { INITIAL } from "./initial";
import { movedText } from "./moved";
import type { Policy } from "./names";
import {
  address,
  doing,
  edited,
  hole,
  isCurrent,
  isLive,
  moved,
  problems,
  type Shown,
  shown,
} from "./state";
import { holeProblem, programProblem } from "./text";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;

/** Ends what is under way. */
let running = new AbortController();

function signalOfWork(): AbortSignal {
  running.abort();
  running = new AbortController();
  return running.signal;
}

/** Opens the page's state; a step of the story is opened by the story. */
export async function openCode(): Promise<void> {
  address.read();
  const { text, from, to } = address.state.value;
  hole.value = { text, from, to };
  const wrong = holeProblem(hole.value);
  const isOther = (names: readonly (keyof typeof INITIAL)[]) =>
    names.some((name) => address.state.value[name] !== INITIAL[name]);
  const fault = address.problems.value;
  if (address.state.value.step > 0) {
    problems.run.value = fault;
    return;
  }
  if (isOther(["task", "policy", "n", "seed"])) await write();
  if (wrong) problems.fill.value = [wrong];
  else if (isOther(["text", "from", "to"])) await fill(hole.value);
  problems.run.value = [...fault, ...problems.run.value];
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "code" });
  session ??= pageWorker<typeof methods>(open, () => {
    doing.programs.value = "";
    doing.fill.value = "";
  });
  return session;
}

/** Writes programs for the task in the address and runs them. */
export const write = (): Promise<void> =>
  attempt(problems.run, doing.programs, async () => {
    const { task, policy, n, seed } = address.state.value;
    const before = shown.programs.value!;
    const ending = signalOfWork();
    moved.value = "";
    doing.programs.value = "Writing";
    for await (const event of worker().run("write", { task, policy, n, seed }, ending)) {
      if (event.type === "running")
        doing.programs.value = `Running program ${event.done + 1} of ${event.of}`;
      if (event.type === "programs")
        batch(() => {
          shown.programs.value = event.programs;
          isLive.programs.value = true;
        });
    }
    await check(shown.programs.value!.written[0]!.code, ending);
    moved.value = movedText(before, shown.programs.value!);
  });

/** Runs the tests of the shown task with a program, which comes into the editor. */
async function check(code: string, ending = signalOfWork()): Promise<void> {
  edited.value = code;
  problems.program.value = [];
  const { task } = shown.programs.value!;
  for await (const checked of worker().run("check", { task, code }, ending))
    shown.checked.value = checked;
}

const checkEdited = (code: string): Promise<void> =>
  attempt(problems.program, doing.programs, async () => {
    doing.programs.value = "Running its tests";
    await check(code);
    isLive.programs.value = true;
  });

/** Opens a program that was written. */
export const openProgram = (code: string): void => void checkEdited(code);

/** Changes the program in the editor. One that cannot be run leaves the verdict as it was. */
export function edit(code: string): void {
  const wrong = programProblem(code);
  edited.value = code;
  problems.program.value = wrong ? [wrong] : [];
  if (!wrong) void checkEdited(code);
}

/** Takes another policy. */
export function choosePolicy(policy: Policy): void {
  address.set({ policy });
  void write();
}

/** Takes another task. */
export function chooseTask(task: number): void {
  address.set({ task });
  void write();
}

/** Writes more programs or fewer. */
export function chooseCount(n: number): void {
  address.set({ n });
  void write();
}

/** Samples other programs. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed % (2 ** 31 - 1)) + 1 });
  void write();
}

/** Sets the text and its two cursors, and fills in between them. What cannot be filled in leaves the result as it was. */
export async function fill(asked: typeof hole.value): Promise<void> {
  hole.value = asked;
  const wrong = holeProblem(asked);
  problems.fill.value = wrong ? [wrong] : [];
  if (wrong) return;
  address.set(asked);
  await attempt(problems.fill, doing.fill, async () => {
    doing.fill.value = "Filling in";
    let tooLong = "";
    for await (const event of worker().run("fill", asked, signalOfWork()))
      if (event.type === "too-long")
        tooLong = `The model reads ${event.most} tokens beside what it writes; around the cursors stand ${event.tokens}. Shorten the text.`;
      else
        batch(() => {
          shown.filled.value = event.filled;
          isLive.fill.value = true;
        });
    if (tooLong) problems.fill.value = [tooLong];
  });
}

/** Ends what is under way; the settings of what is shown come back. */
export function stop(): void {
  running.abort();
  const { policy, task, n, seed } = shown.programs.value!;
  const { text, from, to } = shown.filled.value!;
  batch(() => {
    doing.programs.value = "";
    doing.fill.value = "";
    address.set({ policy, task, n, seed, text, from, to });
  });
}

/** Shows a result that the story has recorded. */
export function showRecorded({ programs, checked, filled }: Shown): void {
  running.abort();
  const { text, from, to } = filled;
  batch(() => {
    doing.programs.value = "";
    doing.fill.value = "";
    shown.programs.value = programs;
    shown.checked.value = checked;
    shown.filled.value = filled;
    edited.value = checked.code;
    hole.value = { text, from, to };
    isLive.programs.value = false;
    isLive.fill.value = false;
    moved.value = "";
  });
}

/** Does what the settings say, unless its result is there. */
export async function runStep(): Promise<void> {
  const { text, from, to } = address.state.value;
  if (!isCurrent.programs.value || doing.programs.value !== "") await write();
  if (!isCurrent.fill.value) await fill({ text, from, to });
  moved.value = "";
}

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-code.json", {
    isRecorded: !isLive.programs.value,
    programs: shown.programs.value,
    checked: shown.checked.value,
    isFilledRecorded: !isLive.fill.value,
    filled: shown.filled.value,
  });
}
