import { hash } from "../shell/use-address";
import { hiddenParts, readEmbedding } from "./page-parts";
import { tellHost } from "./tell-host";

/** Hides what the address names. A style sheet does it, so that what is drawn anew stays hidden. */
function hide(selectors: readonly string[]): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(selectors.map((one) => `:is(${one}) { display: none !important }`).join("\n"));
  document.adoptedStyleSheets.push(sheet);
}

function say(problems: readonly string[], live: HTMLElement): void {
  const place = document.createElement("div");
  place.className = "problems";
  place.setAttribute("role", "alert");
  place.append(
    ...problems.map((problem) =>
      Object.assign(document.createElement("p"), { textContent: problem }),
    ),
  );
  live.before(place);
}

/** The link to the page itself, with the state that is shown. */
function linkToPage(live: HTMLElement): void {
  const link = Object.assign(document.createElement("a"), {
    target: "_blank",
    rel: "noopener",
    textContent: document.title,
  });
  hash.subscribe((state) => {
    link.href = location.pathname + state;
  });
  const place = Object.assign(document.createElement("p"), { className: "hint to-page" });
  place.append(link);
  live.after(place);
}

/** Shows a page as its address asks: under `?embed` its live part alone, and without what `hide` names. */
export function openEmbedded(live: HTMLElement): void {
  const { isEmbedded, hide: names } = readEmbedding(location.search);
  if (isEmbedded) {
    document.documentElement.classList.add("embedded");
    linkToPage(live);
    if (parent !== window) tellHost();
  }
  const { selectors, problems } = hiddenParts(
    names,
    (selector) => document.querySelector(selector) !== null,
  );
  hide(selectors);
  if (problems.length > 0) say(problems, live);
}
