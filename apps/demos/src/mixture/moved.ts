import { percentText, signedText } from "../drawing/numbers";
import { type Kind, kinds, sizes } from "./pair-names";
import type { RecordedMixture } from "./recorded";
import type { Looked } from "./state";

/** The loss in nats per letter that the experts which are off cost a model. */
export const riseOf = ({ losses, whole }: Looked, kind: Kind): number => losses[kind] - whole[kind];

/** The consequence of the experts that are off, in a sentence. */
export function offText(looked: Looked): string {
  const { off, losses } = looked;
  if (kinds.every((kind) => off[kind].every((count) => count === 0)))
    return `All experts on: ${losses.coarse.toFixed(3)} nats per letter with coarse experts, ${losses.fine.toFixed(3)} with fine ones.`;
  const parts = kinds.map((kind) => {
    const counts = [...new Set(off[kind])].join(" and ");
    return `${counts} of ${sizes[kind].experts} ${kind} experts off: ${signedText(riseOf(looked, kind))} nats per letter`;
  });
  return `${parts.join("; ")}.`;
}

/** The two ways of tuning beside each other, in a sentence. */
export function tunedText({ tuned: { experts, all } }: RecordedMixture["tuning"]): string {
  const way = ({ accuracy, loss }: typeof all) =>
    `${percentText(accuracy)} of the answers’ letters are right and the loss on the first text is ${loss.toFixed(2)}`;
  return `With ${percentText(experts.weights / all.weights)} of the weights trained, ${way(experts)}; with all of them, ${way(all)}.`;
}
