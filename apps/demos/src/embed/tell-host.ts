import { hash } from "../shell/use-address";
import { answered } from "./answered";
import { type AnswerMessage, isHello, messageTo } from "./host-messages";

/** Whether the page that holds this one is of this site, too; only then can its address be read. */
function isHeldBySite(): boolean {
  try {
    return parent.location.origin === location.origin;
  } catch {
    return false;
  }
}

/**
 * Tells the page that holds this one how tall it is and what state it has, once that page has asked, and then at each change. A
 * page of this site is also told the visitor's answers.
 */
export function tellHost(): void {
  let origin: string | undefined;
  const tell = () => {
    if (origin === undefined) return;
    parent.postMessage(messageTo(document.body.offsetHeight, hash.value), origin);
  };
  addEventListener("message", ({ source, origin: asking, data }) => {
    // A page without an origin cannot be told alone.
    if (source !== parent || asking === "null" || !isHello(data)) return;
    origin = asking;
    tell();
  });
  new ResizeObserver(tell).observe(document.body);
  hash.subscribe(tell);
  answered.subscribe((answer) => {
    if (!answer || !isHeldBySite()) return;
    const data: AnswerMessage = { type: "deepgrain-answer", ...answer };
    // Heard before this returns: a posted message would be lost where the visitor goes on at once and this frame is removed.
    const { origin } = location;
    parent.dispatchEvent(new MessageEvent("message", { data, origin, source: window }));
  });
}
