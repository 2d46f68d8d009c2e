// All backends, one after another, and how far that has come.
import { KINDS } from "../webgpu/report.mjs";
import { worksOf } from "../webgpu/sizes.mjs";

/**
 * Measures every backend. One whose thread ends too early is told as failed in all cases that it still owed.
 *
 * @param {object} options
 * @param options.sizes one of `webgpuSizes`
 * @param {(kind: string, tell: (line: object) => void) => Promise<void>} options.measure measures one backend
 * @param {(line: object) => void} options.tell called with each line, in order
 * @param {AbortSignal} options.signal ends the measuring; what was told stays
 * @returns {Promise<void>} when all was told, or the signal was given
 */
export async function measureAll({ sizes, measure, tell, signal }) {
  for (const kind of KINDS) {
    if (signal.aborted) return;
    const owed = worksOf(sizes);
    try {
      await measure(kind, (line) => {
        owed.shift();
        tell(line);
      });
    } catch (error) {
      if (signal.aborted) return;
      for (const what of owed) tell({ name: kind, what, error: error.message });
    }
  }
}

/** How many cases there are in all. */
export const caseCount = (sizes) => KINDS.length * worksOf(sizes).length;

/** What is being measured after so many lines, as "webgpu: product 1024³, 7 of 42"; all of it: "". */
export function progressOf(lines, sizes) {
  const works = worksOf(sizes);
  if (lines >= caseCount(sizes)) return "";
  const kind = KINDS[Math.floor(lines / works.length)];
  return `${kind}: ${works[lines % works.length]}, ${lines + 1} of ${caseCount(sizes)}`;
}

/** How the measuring ended. */
export function outcomeOf(lines, sizes, isStopped) {
  const failed = lines.filter(({ error }) => error).length;
  const count = `${lines.length - failed} of ${caseCount(sizes)} cases`;
  const problems = failed > 0 ? `; ${failed} failed, see below` : "";
  return isStopped
    ? `Stopped with ${count} measured${problems}. What was measured stays.`
    : `Measured ${count}${problems}.`;
}
