import { readFileSync } from "node:fs";
import { minifySync } from "vite";
import type { RenderedSite } from "../src/site/render-site";
import { drawPng } from "./draw-png";

type Figures = RenderedSite["figures"];

/** The script that brings figures into other pages, with the title and the text alternative of each. */
function embedScript(figures: Figures): string {
  const source = readFileSync(new URL("../src/embed/embed.js", import.meta.url), "utf8");
  // A lesson holds figures itself.
  const { lesson: _, ...ofPages } = figures;
  const known = Object.entries(ofPages).map(([id, { title, alt }]) => [id, [title, alt]]);
  const filled = source.replace("FIGURES", () => JSON.stringify(Object.fromEntries(known)));
  const { code, errors } = minifySync("embed.js", filled);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
  return code;
}

/** Files by which pages are shared: a poster per page, the script for other pages and, where the site's address is known, previews. */
export function shareFiles(figures: Figures): [name: string, content: string | Uint8Array][] {
  const files: [string, string | Uint8Array][] = [["embed.js", embedScript(figures)]];
  for (const [id, { poster, light }] of Object.entries(figures)) {
    files.push([`figures/${id}.svg`, poster]);
    if (process.env.DEEPGRAIN_URL) files.push([`previews/${id}.png`, drawPng(light)]);
  }
  return files;
}
