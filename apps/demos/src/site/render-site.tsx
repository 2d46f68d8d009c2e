import { inlineJson, style } from "@deepgrain/support/pages";
import renderToString from "preact-render-to-string";
import { anchorsPage } from "./anchors-body";
import { codePage } from "./code-body";
import { type BuiltPage, type FileId, pages } from "./document";
import { federatedPage } from "./federated-body";
import { figureOf, type PageFigure } from "./figures";
import { graphPage } from "./graph-body";
import { stylesToClasses } from "./inline-styles";
import { landingPage } from "./landing-body";
import { lessonPage } from "./lesson-body";
import { markWords } from "./mark-words";
import { addressOf, metaTags } from "./meta-tags";
import { mixturePage } from "./mixture-body";
import { modelPage } from "./model-body";
import { saysOf } from "./page-cards";
import { policyOf } from "./policy";
import { purifyPage } from "./purify-body";
import { scalingPage } from "./scaling-body";
import { checkStory } from "./stories";
import { verifierPage } from "./verifier-body";
import { watermarkPage } from "./watermark-body";

/** A page as it is put into its HTML file. */
export interface RenderedPage {
  title: string;
  /** Its description, and how a link to it is shown elsewhere. */
  meta: string;
  policy: string;
  body: string;
}

/** The pages and their style: that of reports, and of what is drawn at build time. */
export interface RenderedSite {
  pages: Record<FileId, RenderedPage>;
  css: string;
  figures: Record<FileId, PageFigure & { title: string }>;
}

const built: Record<FileId, () => BuiltPage | Promise<BuiltPage>> = {
  index: landingPage,
  mixture: mixturePage,
  watermark: watermarkPage,
  graph: graphPage,
  anchors: anchorsPage,
  verifier: verifierPage,
  code: codePage,
  purify: purifyPage,
  federated: federatedPage,
  scaling: scalingPage,
  model: modelPage,
  lesson: lessonPage,
};

const files = [...pages, { id: "lesson", title: "Lessons" }] as const;

const byFile = <T,>(make: (file: (typeof files)[number]) => T): Record<FileId, T> =>
  Object.fromEntries(files.map((file) => [file.id, make(file)])) as Record<FileId, T>;

const titleOf = (id: FileId): string =>
  id === "index"
    ? "Deepgrain: play with the ideas behind language models"
    : `${files.find((file) => file.id === id)!.title} · Deepgrain`;

/** Hosts that a visitor's model may be at: any that is encrypted, and this machine. */
const ofModels = ["https:", "http://localhost:*", "http://127.0.0.1:*"];

async function bodies(): Promise<Record<FileId, BuiltPage>> {
  const entries = files.map(async ({ id }) => [id, await built[id]()] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<FileId, BuiltPage>;
}

/** A page's body among the markup of all pages; one with a story has its words marked. */
function bodyOf(markup: string, id: FileId, { story }: BuiltPage): string {
  const body = new RegExp(`<page-${id}>([\\s\\S]*)</page-${id}>`).exec(markup)![1]!;
  if (!story) return body;
  const outcome = inlineJson(story.outcome).text;
  return `${markWords(body)}<script type="application/json" id="story-outcome">${outcome}</script>`;
}

/** Draws all pages as they are before a script runs. */
export async function renderSite(): Promise<RenderedSite> {
  const all = await bodies();
  for (const { id } of files) {
    const { story } = all[id];
    if (story) checkStory(id, story.story, story.recorded);
  }
  const drawn = files.map(({ id }) => `<page-${id}>${renderToString(all[id].body)}</page-${id}>`);
  const { markup, css, elements } = stylesToClasses(drawn.join(""));
  const page = (id: FileId): RenderedPage => ({
    title: titleOf(id),
    meta: metaTags(id, titleOf(id), saysOf(id)),
    policy: policyOf(elements, id === "model" ? ofModels : [], id === "lesson"),
    body: `${bodyOf(markup, id, all[id])}
<script type="application/json" id="built-in">${inlineJson(all[id].builtIn).text}</script>`,
  });
  const figure = (id: FileId, name: string) => {
    const title = id === "index" ? "Play with the ideas behind language models" : name;
    return { ...figureOf(id, { title, says: saysOf(id), address: addressOf(id) ?? "" }), title };
  };
  return {
    pages: byFile(({ id }) => page(id)),
    css: `${style}\n${css}`,
    figures: byFile(({ id, title }) => figure(id, title)),
  };
}
