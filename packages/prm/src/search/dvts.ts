import { type Beam, byScore, createStepWriter, emptyBeam } from "./beam";
import { type SearchOptions, type SearchResult, searchTools } from "./search-options";

/**
 * Diverse verifier tree search: n/m subtrees that never mix; each step of a subtree is the best of m continuations, until
 * it has an answer or ends.
 *
 * @returns one solution per subtree, best first
 * @throws {PrmError} what completer and scorer throw; `ERR_RANGE` for bad counts
 * @see Beeching et al. 2024 (search-and-learn)
 */
export async function dvts(problem: string, options: SearchOptions): Promise<SearchResult> {
  const tools = searchTools("dvts", options);
  const { n, width, maxSteps, onProgress } = tools;
  const writer = createStepWriter(problem, tools);
  let subtrees: Beam[] = new Array<Beam>(n / width).fill(emptyBeam);
  for (let step = 1; step <= maxSteps; step++) {
    if (subtrees.every(({ isFinished }) => isFinished)) break;
    subtrees = await Promise.all(
      subtrees.map(async (beam, place) => {
        if (beam.isFinished) return beam;
        return (await writer.extend(beam, width, place)).sort(byScore)[0]!;
      }),
    );
    const finished = subtrees.filter(({ isFinished }) => isFinished).length;
    onProgress({ step, active: subtrees.length - finished, finished });
  }
  const solutions = await Promise.all(subtrees.map(writer.finish));
  return { solutions: solutions.sort(byScore), stepsWritten: writer.written() };
}
