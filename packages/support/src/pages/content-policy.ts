import { sha256 } from "../hashes/sha256";
import { Html, html } from "./html";

const sourceOf = (script: string): string => {
  const digest = sha256(new TextEncoder().encode(script));
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
};

/**
 * The `<meta>` of a page's Content-Security-Policy: nothing is requested, and no script runs but those that the page's
 * markup holds, each by its hash. It goes to the head of the page, before all else but the character set.
 *
 * @param body the page's markup: texts in it are escaped, so that each `<script>` is one of ours
 * @param options.isLive whether its scripts may ask the server that the page comes from
 */
export function contentPolicy(
  body: Html,
  { isLive = false }: { isLive?: boolean | undefined } = {},
): Html {
  const scripts = [...body.text.matchAll(/<script>([\s\S]*?)<\/script>/g)];
  const sources = [...new Set(scripts.map(([, text]) => sourceOf(text!)))];
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    ...(sources.length > 0 ? [`script-src ${sources.join(" ")}`] : []),
    ...(isLive ? ["connect-src 'self'"] : []),
  ].join("; ");
  return html`<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">`;
}
