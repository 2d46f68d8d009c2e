import { batch } from "@preact/signals";
import { oneAtATime } from "../shell/one-at-a-time";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { problemOfSolution, solutionOf, typedLines, written } from "./calculation";
import { choose, ways } from "./choose";
import type { Judged } from "./judged";
import { EXAMPLE, problemOfMade, readMade } from "./made";
import { chosenText, movedText } from "./moved";
import type { RecordedVerifier } from "./recorded";
import {
  address,
  doing,
  drafts,
  isCurrent,
  isLive,
  moved,
  nowShown,
  PROBLEMS,
  problems,
  settingsOf,
  showDrafts,
  shown,
  showRecorded,
} from "./state";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** The results that the page was built with. */
let built: RecordedVerifier;

const { run, stop, end } = oneAtATime({
  about: problems.run,
  doing,
  moved,
  back() {
    address.set(shown.of.value!);
    showDrafts(shown.of.value!);
  },
});

export { stop };

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "verifier" });
  const onEnd = () => {
    doing.value = "";
  };
  session ??= pageWorker<typeof methods>(open, onEnd, { isPlain: true });
  return session;
}

/** Opens the page's state; a step of the story is opened by the story. */
export function openVerifier(recorded: RecordedVerifier): void {
  built = recorded;
  address.read();
  problems.run.value = address.problems.value;
  if (address.state.value.step > 0) return;
  showDrafts(address.state.value);
  if (!isCurrent.value) void runNow();
  problems.run.value = address.problems.value;
}

/** Solves the problem of the address, and scores the visitor's lines. */
async function lookNow(signal: AbortSignal): Promise<void> {
  const before = nowShown();
  const settings = settingsOf(address.state.value);
  for await (const { exercise, own } of worker().run("look", settings, signal))
    batch(() => {
      shown.exercise.value = exercise;
      shown.own.value = own;
      shown.of.value = settings;
      isLive.value = true;
      moved.value = movedText(before, nowShown());
    });
}

const look = (): Promise<void> =>
  run(isLive.value ? "Solving" : "Making the verifier once more", lookNow);

/** Makes a verifier from the seed in the address, tries it, and solves the problem. */
export const learn = (): Promise<void> =>
  run("Starting", async (signal) => {
    const { seed } = address.state.value;
    let { value: curve } = shown.curve;
    for await (const event of worker().run("learn", { seed }, signal))
      if (event.type === "tried") curve = event.curve;
      else
        doing.value =
          event.type === "learning"
            ? `Labelling · solution ${event.done}`
            : `Trying · problem ${event.done} of ${PROBLEMS}`;
    await lookNow(signal);
    shown.curve.value = curve;
  });

const runNow = (): Promise<void> =>
  address.state.value.seed === shown.of.value!.seed ? look() : learn();

/** Shows what was recorded, at which the story's steps begin. */
export function showStep({ own }: Judged): void {
  const isThere = shown.of.value?.solution === own.solution && !isLive.value;
  if (isCurrent.value && isThere && doing.value === "") return;
  end();
  showRecorded(built, own);
}

/** Runs the settings, unless their result is there. */
export async function runStep(): Promise<void> {
  showDrafts(address.state.value);
  if (isCurrent.value && doing.value === "") return;
  await runNow();
  moved.value = "";
}

/** Takes more or fewer of the solutions. */
export function chooseCount(n: number): void {
  address.set({ n });
  if (doing.value === "") moved.value = chosenText(nowShown());
}

function take(part: { problem?: number; made: string }): void {
  address.set({ ...part, solution: "" });
  showDrafts(address.state.value);
  void runNow();
}

/** Takes another of the held-out problems. */
export const chooseProblem = (problem: number): void => take({ problem, made: "" });

/** Begins with a problem of one's own. */
export const beginMade = (): void => take({ made: EXAMPLE });

/** Goes back to the held-out problem. */
export const endMade = (): void => take({ made: "" });

/** Changes the problem of one's own, if it can be solved then. */
export function make(text: string): void {
  drafts.made.value = text;
  const problem = problemOfMade(readMade(text)!);
  problems.made.value = problem ? [`${problem} The problem before stays.`] : [];
  if (!problem) take({ made: text });
}

/** Makes a verifier from other problems. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed % (2 ** 31 - 1)) + 1 });
  void learn();
}

/** Scores the lines that the visitor types, if they can be scored. */
export function typeSolution(text: string): void {
  drafts.solution.value = text;
  const isNone = text.trim() === "";
  const problem = isNone ? undefined : problemOfSolution(text);
  problems.solution.value = problem ? [problem] : [];
  const solution = isNone ? "" : written(text);
  if (problem || solution === address.state.value.solution) return;
  address.set({ solution });
  void runNow();
}

/** Takes one of the shown solutions, with its scores, for one's own. */
export function takeSolution(index: number): void {
  if (!isCurrent.value || doing.value !== "") return;
  const { steps, stepScores } = shown.exercise.value!.solutions[index]!;
  const before = nowShown();
  const solution = solutionOf(steps);
  batch(() => {
    address.set({ solution });
    drafts.solution.value = typedLines(solution);
    problems.solution.value = [];
    shown.own.value = stepScores;
    shown.of.value = settingsOf(address.state.value);
    moved.value = movedText(before, nowShown());
  });
}

/** Saves all that is shown. */
export function save(): void {
  const { n } = address.state.value;
  const exercise = shown.exercise.value!;
  const chosen = ways.map((way) => [way, choose(exercise.solutions, n, way)] as const);
  saveJson("deepgrain-verifier.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    chosen: Object.fromEntries(chosen),
    curve: shown.curve.value,
    exercise,
    own: shown.own.value,
  });
}
