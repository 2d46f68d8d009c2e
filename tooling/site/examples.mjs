// Examples in the reference: for each function and class the shortest block of a README or a guide that uses it. Tests
// run these blocks, so an example that stands here works.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Comment, CommentTag, Converter, ReflectionKind } from "typedoc";
import { packagePages, pagesIn } from "./documents.mjs";

/** Longer blocks show too much at once. */
const MOST_LINES = 30;

const linesIn = (code) => code.split("\n").length;

/** The JavaScript and TypeScript blocks of a page. */
function blocksOf(path) {
  const blocks = readFileSync(path, "utf8").matchAll(/^```(js|ts)\b[^\n]*\n([\s\S]*?)^```$/gm);
  return Array.from(blocks, ([, language, code]) => ({ language, code: code.trim() })).filter(
    ({ code }) => linesIn(code) <= MOST_LINES,
  );
}

/** Blocks that a package's reference takes examples from: its own README and guides first. */
function blocksFor(folder) {
  const own = packagePages().filter((page) => page.startsWith(join(folder, "/")));
  return [own, pagesIn("docs/guides")].map((pages) => pages.flatMap(blocksOf));
}

/** The shortest block that imports a name and calls it, the package's own before others. */
function exampleOf(name, places) {
  const uses = new RegExp(`(?<![.\\w])(?:new )?${name}(?:<[^>\\n]*>)?\\(`);
  const imports = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\}`);
  for (const blocks of places) {
    const [shortest] = blocks
      .filter(({ code }) => uses.test(code) && imports.test(code))
      .sort((a, b) => a.code.length - b.code.length);
    if (shortest) return shortest;
  }
}

function addExample(reflection, places) {
  const example = exampleOf(reflection.name, places);
  if (example === undefined || reflection.comment?.getTag("@example")) return;
  reflection.comment ??= new Comment();
  const text = `\`\`\`${example.language}\n${example.code}\n\`\`\``;
  reflection.comment.blockTags.push(new CommentTag("@example", [{ kind: "code", text }]));
}

/** Gives the functions and classes of a package their examples while TypeDoc converts it. */
export function addExamples(app, folder) {
  const places = blocksFor(folder);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const fn of project.getReflectionsByKind(ReflectionKind.Function))
      if (fn.signatures?.[0]) addExample(fn.signatures[0], places);
    for (const one of project.getReflectionsByKind(ReflectionKind.Class)) addExample(one, places);
  });
}
