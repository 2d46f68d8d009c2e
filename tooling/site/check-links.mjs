// Every relative link of a built site, with its anchor, leads to something on it.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const decode = (text) =>
  text
    .replaceAll("&amp;", "&")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");

const valuesOf = (html, attributes) =>
  Array.from(html.matchAll(new RegExp(`\\s(?:${attributes})="([^"]*)"`, "g")), ([, value]) =>
    decode(value),
  );

/** A page without its scripts and comments, which hold no links. */
const markupOf = (html) =>
  html
    .replace(/<script(\s[^>]*)?>[\s\S]*?<\/script>/g, "<script$1></script>")
    .replace(/<!--[\s\S]*?-->/g, "");

function readPage(file) {
  const html = markupOf(readFileSync(file, "utf8"));
  return { anchors: new Set(valuesOf(html, "id|name")), links: valuesOf(html, "href|src") };
}

const isElsewhere = (link) => /^([a-z][a-z+.-]*:|\/\/)/i.test(link);

/** @returns one line for each link of a folder of pages that leads nowhere */
export function brokenLinks(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".html"))
    .map((name) => resolve(folder, name));
  const pages = new Map(files.map((file) => [file, readPage(file)]));
  const faultOf = (file, link) => {
    const [path, anchor = ""] = link.split("#");
    const target =
      path === "" ? file : resolve(dirname(file), decodeURIComponent(path.split("?")[0]));
    if (!existsSync(target)) return "no such file";
    if (statSync(target).isDirectory() && !existsSync(join(target, "index.html")))
      return "a folder";
    const page = pages.get(target);
    const isState = /^[\w-]+=/.test(anchor); // A page reads it; it scrolls to nothing.
    return page && anchor !== "" && !isState && !page.anchors.has(decodeURIComponent(anchor))
      ? "no such anchor"
      : undefined;
  };
  return [...pages].flatMap(([file, { links }]) =>
    [...new Set(links)]
      .filter((link) => link !== "" && !isElsewhere(link))
      .flatMap((link) => {
        const fault = link.startsWith("/") ? "not relative" : faultOf(file, link);
        return fault === undefined ? [] : [`${relative(folder, file)}: ${link}: ${fault}`];
      }),
  );
}
