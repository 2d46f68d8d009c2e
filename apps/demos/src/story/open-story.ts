import "./outcome.css";
import "./story.css";

/** Whether the address names a step of the story. */
export const isAsked = (): boolean => new URLSearchParams(location.hash.slice(1)).has("step");

/** Lets a page's story begin once the picture is there: at once where the address names a step. */
export function openStory(load: () => Promise<unknown>): void {
  // Without its story a page still works.
  const begin = () => void load().catch(() => {});
  if (isAsked()) begin();
  else requestAnimationFrame(() => setTimeout(begin));
}
