/** Outlines what a step speaks of. @param id of an element @returns ends it */
export function outline(id: string): () => void {
  const element = document.getElementById(id);
  element?.setAttribute("data-looked", "");
  return () => element?.removeAttribute("data-looked");
}

/** Scrolls as little as shows a part whole, once what has changed is drawn. @param id of an element */
export function bringIntoView(id: string): void {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const scroll = () =>
    document
      .getElementById(id)
      ?.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
  requestAnimationFrame(() => setTimeout(scroll));
}
