// The playground's figure on the page of each method and of each paper; site.mjs puts the playground beside the documentation.
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Renderer } from "typedoc";

/** A page of the playground, and the package and the studies that it is about. */
const figures = [
  { page: "mixture", folder: "moe", studies: ["deepseek-moe"] },
  { page: "mixture", folder: "esft", studies: ["esft"] },
  { page: "watermark", folder: "watermark", studies: ["balance-marking"] },
  { page: "graph", folder: "renode", studies: ["renode"] },
  { page: "anchors", folder: "icl-anchors", studies: ["label-words"] },
  { page: "verifier", folder: "prm", studies: ["math-shepherd"] },
  { page: "code", folder: "coder", studies: ["deepseek-coder-v2"] },
  { page: "purify", folder: "fine-purify", studies: ["fine-purify"] },
  { page: "federated", folder: "fedlt", studies: ["redgrape"] },
  { page: "scaling", folder: "scaling-laws", studies: ["deepseek-llm"] },
];

/**
 * @param url of a page of the documentation
 * @param path of the Markdown that it was made from, if it was
 * @returns the playground's page about the same method; undefined where there is none
 */
export function figureFor(url, path = "") {
  const [, study] = /apps\/studies\/([^/]+)\/README\.md$/.exec(path.replaceAll("\\", "/")) ?? [];
  return figures.find(
    ({ folder, studies }) => url === `modules/_deepgrain_${folder}.html` || studies.includes(study),
  )?.page;
}

/**
 * @param home folder of the playground, from the page
 * @returns a page with a figure below its first paragraph
 */
export function withFigure(html, page, home) {
  const figure = `<deepgrain-figure page="${page}"><a href="${home}/${page}.html">See it move</a></deepgrain-figure><script src="${home}/embed.js" defer></script>`;
  return html.replace(
    /(tsd-typography"><h1[\s\S]*?<\/h1>\s*<p>[\s\S]*?<\/p>)/,
    (start) => `${start}\n${figure}`,
  );
}

/** Shows figures, where the playground lies beside the documentation. @param home its first page */
export function addFigures(app, home) {
  const folder = dirname(home);
  if (!existsSync(join(folder, "embed.js"))) return;
  app.renderer.on(Renderer.EVENT_END_PAGE, (page) => {
    const path = page.model.isDocument?.()
      ? page.project.files.getReflectionPath(page.model)
      : undefined;
    const shown = figureFor(page.url, path);
    const from = relative(dirname(page.filename), folder).replaceAll("\\", "/");
    if (shown !== undefined && page.contents)
      page.contents = withFigure(page.contents, shown, from);
  });
}
