import { useEffect, useRef } from "preact/hooks";

/**
 * Puts a chart's markup into an element. A page's policy refuses style attributes in markup, but not styles that a script
 * sets, so each is taken out and set.
 */
function showMarkup(element: HTMLElement, text: string): void {
  element.innerHTML = text.replaceAll(" style=", " data-style=");
  for (const styled of element.querySelectorAll<HTMLElement | SVGElement>("[data-style]")) {
    styled.style.cssText = styled.dataset.style!;
    delete styled.dataset.style;
  }
}

/** A chart: what was drawn at build time until `draw` is there, then what it draws. */
export function Chart({
  id,
  built,
  draw,
}: {
  id: string;
  /** Markup at build time; in the page what already stands there. */
  built?: string | undefined;
  draw?: (() => Promise<string>) | undefined;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isCurrent = true;
    void draw?.().then((markup) => {
      if (isCurrent && place.current) showMarkup(place.current, markup);
    });
    return () => {
      isCurrent = false;
    };
  }, [draw]);
  const there = built ?? globalThis.document?.getElementById(id)?.innerHTML ?? "";
  return <div id={id} ref={place} dangerouslySetInnerHTML={{ __html: there }} />;
}
