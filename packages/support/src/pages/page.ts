import { contentPolicy } from "./content-policy";
import { Html, html } from "./html";
import { style } from "./style";

/** A page. */
export interface PageOptions {
  title: string;
  /** A line above the title: what and when. */
  meta?: string | Html | undefined;
  /** The subject of the page, in a few sentences. */
  lead?: string | Html | undefined;
  sections: readonly (Html | false)[];
  /** Default "en". */
  language?: string | undefined;
  /** Whether its scripts may ask the server that it comes from, and nothing else. Default false. */
  isLive?: boolean | undefined;
}

/** A section of a page; false where there is nothing to show. */
export const section = (title: string, content: Html | readonly Html[] | false): Html | false =>
  content !== false && html`<section><h2>${title}</h2>${content}</section>`;

/**
 * One HTML page that needs nothing else: no requests, no scripts but those in its sections, which a policy in its head
 * enforces; light and dark, from 360 pixels up.
 */
export function page({
  title,
  meta,
  lead,
  sections,
  language = "en",
  isLive,
}: PageOptions): string {
  const body = html`<body>
<header>
${meta !== undefined && html`<p class="meta">${meta}</p>`}
<h1>${title}</h1>
${lead !== undefined && html`<p class="lead">${lead}</p>`}
</header>
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
