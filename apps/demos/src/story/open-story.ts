import "./outcome.css";
import "./story.css";

/** Lets a page's story begin once the picture is there: at once where the address names a step. */
export function openStory(load: () => Promise<unknown>): void {
  const isAsked = new URLSearchParams(location.hash.slice(1)).has("step");
  // Without its story a page still works.
  const begin = () => void load().catch(() => {});
  if (isAsked) begin();
  else requestAnimationFrame(() => setTimeout(begin));
}
