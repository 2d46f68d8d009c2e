import { type Completer, complete } from "../completers/completer";
import { scoreSteps } from "../models/step-scorer";
import { completionSeed } from "../random/seeds";
import { aggregate } from "../verify/aggregate";
import { type ScoredSolution, scoreSolution } from "../verify/scored-solution";
import type { SearchTools } from "./search-options";

/** A partial solution. */
export interface Beam {
  readonly steps: readonly string[];
  readonly isFinished: boolean;
  readonly score: number;
}

/** The beginning of all beams. */
export const emptyBeam: Beam = { steps: [], isFinished: false, score: 0 };

/** Writes steps and counts them. */
export interface StepWriter {
  /** `count` continuations of a beam by one step each, scored; `place` distinguishes the beams of one round. */
  extend(beam: Beam, count: number, place: number): Promise<Beam[]>;
  /** The finished solution with its answer. */
  finish(beam: Beam): Promise<ScoredSolution>;
  readonly written: () => number;
}

/** @param problem the problem that all beams solve */
export function createStepWriter(problem: string, tools: SearchTools): StepWriter {
  const { completer, scorer, checker, separator, aggregation, seed, signal, maxTokens } = tools;
  let written = 0;

  async function writeSteps(
    writer: Completer,
    steps: readonly string[],
    count: number,
    place: number,
  ): Promise<Omit<Beam, "score">[]> {
    const id = JSON.stringify([problem, steps, place]);
    const seeds = Array.from({ length: count }, (_, i) =>
      completionSeed(seed, id, steps.length, i),
    );
    const options = { seeds, stop: [separator], maxTokens, signal };
    const made = await complete(writer, { problem, steps }, options);
    written += count;
    return made.map(({ text, finishReason }) => {
      // A completer that ignores stop strings continues; text after the first step is dropped.
      const rest = text.trimStart();
      const at = rest.indexOf(separator);
      const step = (at < 0 ? rest : rest.slice(0, at)).trim();
      const isLast = (finishReason === "end" && at < 0) || finishReason === "length";
      const isFinished = step === "" || isLast || checker.extract(step) !== null;
      return { steps: step === "" ? steps : [...steps, step], isFinished };
    });
  }

  async function scored(beam: Omit<Beam, "score">, place: number): Promise<Beam> {
    let ahead = beam;
    for (let i = 0; i < tools.lookahead && !ahead.isFinished; i++)
      ahead = (await writeSteps(tools.lookaheadCompleter, ahead.steps, 1, place))[0]!;
    const scores = await scoreSteps(scorer, problem, ahead.steps, { signal });
    return { ...beam, score: aggregate(scores, aggregation) ?? 0 };
  }

  return {
    written: () => written,
    async extend({ steps }, count, place) {
      signal?.throwIfAborted();
      const beams = await writeSteps(completer, steps, count, place);
      return Promise.all(beams.map((beam) => scored(beam, place)));
    },
    finish: ({ steps }) => scoreSolution(problem, steps, { checker, scorer, aggregation, signal }),
  };
}

/** Highest score first; equal ones keep their order. */
export const byScore = (a: { score: number | null }, b: { score: number | null }): number =>
  (b.score ?? -1) - (a.score ?? -1);
