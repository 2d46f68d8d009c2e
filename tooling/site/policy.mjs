// The Content-Security-Policy of the pages: the site's own files, the script that each page begins with by its hash, and
// nothing else. TypeDoc's filters write a style element.
import { createHash } from "node:crypto";
import { Renderer } from "typedoc";

const CHARSET = '<meta charset="utf-8"/>';

const hashOf = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** @returns the policy of a page with this markup */
function policyOf(html) {
  const scripts = Array.from(html.matchAll(/<script>([\s\S]*?)<\/script>/g), ([, text]) => text);
  return [
    "default-src 'none'",
    ["script-src 'self'", ...new Set(scripts.map(hashOf))].join(" "),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    ...(html.includes("<deepgrain-figure") ? ["frame-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** @returns a page with its policy before everything that the policy rules */
export function withPolicy(html) {
  const [before, after, ...more] = html.split(CHARSET);
  if (after === undefined || more.length > 0)
    throw new Error("TypeDoc's pages have changed: see tooling/site/policy.mjs");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policyOf(html)}"/>`;
  return `${before}${CHARSET}${meta}${after}`;
}

/** Lets each page carry its policy. */
export function addPolicy(app) {
  app.renderer.on(
    Renderer.EVENT_END_PAGE,
    (page) => {
      page.contents &&= withPolicy(page.contents);
    },
    -1000,
  ); // after all else that changes pages
}
