/** Pixels that stay free around what is scrolled to. */
const GAP = 16;

/** Outlines what a step speaks of. @param id of an element @returns ends it */
export function outline(id: string): () => void {
  const element = document.getElementById(id);
  element?.setAttribute("data-looked", "");
  return () => element?.removeAttribute("data-looked");
}

/** The controls that stay on a narrow screen while their results scroll by. */
const stickingPanel = (): HTMLElement | undefined =>
  [...document.querySelectorAll<HTMLElement>("#live .panel")].find(
    (panel) => getComputedStyle(panel).position === "sticky",
  );

/** Scrolls as little as shows some parts whole; the first alone where they do not fit into one screen. @param ids of elements */
export function bringIntoView(...ids: readonly string[]): void {
  const parts = ids.flatMap((id) => document.getElementById(id) ?? []);
  const sticking = stickingPanel();
  // A panel within a part is shown with it, and covers nothing.
  const isWithin = parts.some((part) => part !== sticking && part.contains(sticking ?? null));
  const panel = sticking && !isWithin ? sticking : undefined;
  const [first, ...others] = parts.filter((part) => !panel?.contains(part));
  if (!first) return;
  const isBefore = panel && first.compareDocumentPosition(panel) & Node.DOCUMENT_POSITION_PRECEDING;
  const covered = { top: isBefore ? panel.offsetHeight : 0, bottom: 0 };
  if (panel && !isBefore) covered.bottom = panel.offsetHeight;
  const boxes = [first, ...others].map((part) => part.getBoundingClientRect());
  let top = Math.min(...boxes.map((box) => box.top));
  let bottom = Math.max(...boxes.map((box) => box.bottom));
  if (bottom - top > innerHeight - covered.top - covered.bottom - 2 * GAP)
    ({ top, bottom } = boxes[0]!);
  const above = top - covered.top - GAP;
  const below = bottom + covered.bottom + GAP - innerHeight;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scrollBy({
    top: above < 0 ? above : Math.min(above, Math.max(0, below)),
    behavior: isCalm ? "auto" : "smooth",
  });
}

/** Whether the story stands beside the live part and not above it, so that scrolling to a part leaves the story in view. */
export const isBeside = (): boolean => matchMedia("(min-width: 761px)").matches;
