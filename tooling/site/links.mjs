// Links that leave the reference: to the playground, to the page that measures graphics cards, and to files of the repository that
// are no pages of the site.
import { existsSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Renderer } from "typedoc";

export const REPOSITORY = "https://github.com/deepgrain/deepgrain";

/** Stands for the address of the playground until it is known from which page the link leads there. */
export const HOME = "playground:";

const slashes = (path) => path.replaceAll("\\", "/");

/** Lets the link to the playground lead to a page. */
export function linkHome(app, home) {
  app.renderer.on(Renderer.EVENT_END_PAGE, (page) => {
    const path = slashes(relative(dirname(page.filename), home));
    page.contents = page.contents?.replaceAll(`href="${HOME}"`, `href="${path}"`);
  });
}

/** The page that measures graphics cards: its source, and its name beside the playground. */
const measuring = { source: "bench/site/webgpu.html", name: "webgpu.html" };

const isPicture = (name) => /\.(svg|png|jpg|webp)$/.test(name);

/**
 * Lets links to sources, recordings and other pages of Markdown lead to the repository; TypeDoc would copy the files.
 *
 * @param home first page of the playground; the link to the page that measures leads beside it, if that page is there
 */
export function linkRepository(app, home) {
  const measuringPage = home && join(dirname(home), measuring.name);
  app.renderer.on(Renderer.EVENT_END_PAGE, (page) => {
    const files = page.project.files.getNameToAbsoluteMap();
    page.contents = page.contents?.replaceAll(
      /href="(?:\.\.\/)*media\/([^"#]+)((?:#[^"]*)?)"/g,
      (link, name, anchor) => {
        const file = files.get(decodeURIComponent(name));
        if (file === undefined || isPicture(name)) return link;
        const path = slashes(relative(".", file));
        if (path === measuring.source && measuringPage && existsSync(measuringPage))
          return `href="${slashes(relative(dirname(page.filename), measuringPage))}"`;
        return `href="${REPOSITORY}/blob/main/${path}${anchor}"`;
      },
    );
  });
  app.renderer.on(
    Renderer.EVENT_END,
    ({ project, outputDirectory }) => {
      for (const name of project.files.getNameToAbsoluteMap().keys())
        if (!isPicture(name)) rmSync(join(outputDirectory, "media", name), { force: true });
    },
    -1000,
  ); // after TypeDoc has copied them
}
