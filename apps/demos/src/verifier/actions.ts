import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { choose, ways } from "./choose";
import { address, doing, INITIAL, isLive, opened, PROBLEMS, problems, shown } from "./state";
import { annotated, problemOf, readable } from "./steps";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;

/** Opens the page's state. */
export function openVerifier(): void {
  address.read();
  const { seed, problem } = address.state.value;
  if (seed !== INITIAL.seed) void learn();
  else if (problem !== INITIAL.problem) void openProblem();
  problems.run.value = address.problems.value;
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "verifier" });
  const onEnd = () => {
    doing.value = "";
  };
  session ??= pageWorker<typeof methods>(open, onEnd, { isPlain: true });
  return session;
}

/** Makes a verifier from the seed in the address, tries it, and opens the problem. */
export const learn = (): Promise<void> =>
  attempt(problems.run, doing, async () => {
    const { seed } = address.state.value;
    doing.value = "Starting";
    for await (const event of worker().run("learn", { seed }))
      if (event.type === "tried") shown.curve.value = event.curve;
      else
        doing.value =
          event.type === "learning"
            ? `Labelling · solution ${event.done}`
            : `Trying · problem ${event.done} of ${PROBLEMS}`;
    await showProblem();
  });

async function showProblem(): Promise<void> {
  const { seed, problem } = address.state.value;
  for await (const exercise of worker().run("open", { seed, index: problem - 1 }))
    batch(() => {
      shown.exercise.value = exercise;
      opened.value = null;
      isLive.value = true;
    });
}

/** Writes and scores solutions of the problem in the address. */
const openProblem = (): Promise<void> =>
  attempt(problems.run, doing, async () => {
    doing.value = "Solving";
    await showProblem();
  });

/** Takes another problem. */
export function chooseProblem(problem: number): void {
  address.set({ problem });
  void openProblem();
}

/** Makes a verifier from other problems. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed % (2 ** 31 - 1)) + 1 });
  void learn();
}

/** Opens a solution, or closes it. */
export function openSolution(index: number): void {
  const { steps, stepScores } = shown.exercise.value!.solutions[index]!;
  problems.step.value = [];
  opened.value =
    opened.value?.index === index
      ? null
      : { index, texts: steps.map(readable), scores: stepScores };
}

/** Changes a step of the opened solution and scores its steps again. */
export function editStep(at: number, text: string): void {
  const own = opened.value!;
  const texts = own.texts.map((old, i) => (i === at ? text : old));
  opened.value = { ...own, texts };
  const wrong = texts.map(problemOf).find(Boolean);
  problems.step.value = wrong ? [wrong] : [];
  if (!wrong) void scoreOpened();
}

const scoreOpened = (): Promise<void> =>
  attempt(problems.step, doing, async () => {
    const { index, texts } = opened.value!;
    const { seed } = address.state.value;
    const { problem } = shown.exercise.value!;
    if (!isLive.value) doing.value = "Making the verifier once more";
    const what = { seed, problem, steps: texts.map(annotated) };
    for await (const scores of worker().run("score", what))
      batch(() => {
        if (opened.value?.index === index) opened.value = { ...opened.value, scores };
        isLive.value = true;
      });
  });

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
    changed: opened.value,
  });
}
