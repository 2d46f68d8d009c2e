import { type Beam, byScore, createStepWriter, emptyBeam } from "./beam";
import { type SearchOptions, type SearchResult, searchTools } from "./search-options";

/** Beams with different steps; the first of equal ones is kept. */
function distinct(beams: readonly Beam[]): Beam[] {
  const seen = new Map(beams.map((beam) => [JSON.stringify(beam.steps), beam] as const).reverse());
  return beams.filter((beam) => seen.get(JSON.stringify(beam.steps)) === beam);
}

/**
 * Beam search over steps: n beams grow by one step each; the best n/m are kept and copied to n again. Finished beams
 * are set aside.
 *
 * @returns up to n finished solutions, best first, then unfinished ones where too few ended within `maxSteps`
 * @throws {PrmError} what completer and scorer throw; `ERR_RANGE` for bad counts
 * @see Beeching et al. 2024 (search-and-learn)
 */
export async function beamSearch(problem: string, options: SearchOptions): Promise<SearchResult> {
  const tools = searchTools("beamSearch", options);
  const { n, width, maxSteps, onProgress } = tools;
  const writer = createStepWriter(problem, tools);
  const finished: Beam[] = [];
  let active: Beam[] = [emptyBeam];
  for (let step = 1; step <= maxSteps && active.length > 0; step++) {
    const copies = Math.floor(n / active.length);
    const extra = n % active.length; // the first ones get one more
    const grown = await Promise.all(
      active.map((beam, i) => writer.extend(beam, copies + (i < extra ? 1 : 0), i)),
    );
    const all = grown.flat();
    finished.push(...all.filter(({ isFinished }) => isFinished));
    const open = distinct(all.filter(({ isFinished }) => !isFinished));
    active = open.sort(byScore).slice(0, n / width);
    onProgress({ step, active: active.length, finished: finished.length });
    if (finished.length >= n) break;
  }
  const chosen = [...finished.sort(byScore), ...active].slice(0, n);
  const solutions = await Promise.all(chosen.map(writer.finish));
  return { solutions, stepsWritten: writer.written() };
}
