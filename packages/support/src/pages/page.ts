import { contentPolicy } from "./content-policy";
import { Html, html, type Part } from "./html";
import { style } from "./style";

/** A page. */
export interface PageOptions {
  title: string;
  /** A line above the title: what and when. */
  meta?: string | Html | undefined;
  /** The page's finding, in a sentence. */
  lead?: string | Html | undefined;
  /** Shows what the lead says, right below it. */
  picture?: Html | false | undefined;
  sections: readonly (Html | false)[];
  /** Default "en". */
  language?: string | undefined;
  /** Whether its scripts may ask the server that it comes from, and nothing else. Default false. */
  isLive?: boolean | undefined;
}

/** A title as the end of an address: letters and digits of any script, hyphens between. */
const idOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");

/** A section of a page, whose heading can be linked to; false where there is nothing to show. */
export const section = (title: string, content: Html | readonly Html[] | false): Html | false =>
  content !== false && html`<section><h2 id="${idOf(title)}">${title}</h2>${content}</section>`;

/** Links to the sections of a page. */
function contents(sections: PageOptions["sections"]): Html | false {
  const { text } = html`${sections}`;
  const found = [...text.matchAll(/<section><h2 id="([^"]*)">([\s\S]*?)<\/h2>/g)];
  const links = found.map(
    ([, id, title]) => html`<li><a href="#${new Html(id!)}">${new Html(title!)}</a></li>`,
  );
  return links.length > 1 && html`<nav aria-label="Contents"><ul>${links}</ul></nav>`;
}

/** Text that is shown when its summary is clicked. */
export const folded = (summary: string, content: Part): Html =>
  html`<details><summary>${summary}</summary>${content}</details>`;

/** Charts of one shape beside each other, as many as fit. */
export const grid = (charts: readonly Html[]): Html => html`<div class="grid">${charts}</div>`;

/**
 * One HTML page that needs nothing else: no requests, no scripts but those in its sections, which a policy in its head
 * enforces; light and dark, from 360 pixels up. Several sections have a list of contents above them.
 */
export function page(options: PageOptions): string {
  const { title, meta, lead, picture, sections, language = "en", isLive } = options;
  const body = html`<body>
<header>
${meta !== undefined && html`<p class="meta">${meta}</p>`}
<h1>${title}</h1>
${lead !== undefined && html`<p class="lead">${typeof lead === "string" ? lead.replaceAll(" %", "\u00a0%") : lead}</p>`}
${picture}
</header>
${contents(sections)}
<main>
${sections}
</main>
</body>`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
${contentPolicy(body, { isLive })}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
${body}
</html>
`.text;
}
