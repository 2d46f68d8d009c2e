import type { ComponentChildren, VNode } from "preact";
import { Chip } from "../shell/chip";
import { StoryList, type ToldStory } from "./story-list";

/** Where the documentation stands beside the playground; alone, the playground has none to link to. */
const DOCS = process.env.DEEPGRAIN_DOCS;

/** The pages there are, in the order of the menu. */
export const pages = [
  { id: "index", title: "Deepgrain", menu: "Start" },
  { id: "mixture", title: "A mixture of experts, taken apart", menu: "Mixture" },
  { id: "watermark", title: "A message in the choice of words", menu: "Watermark" },
  { id: "graph", title: "Where labels sit in a graph", menu: "Graph" },
  { id: "anchors", title: "Label words as anchors", menu: "Anchors" },
  { id: "verifier", title: "Choose by steps, not by votes", menu: "Verifier" },
  { id: "code", title: "Code that learns from its own tests", menu: "Code" },
  { id: "purify", title: "Cut a backdoor out of the weights", menu: "Purify" },
  { id: "federated", title: "Rare classes, scattered over clients", menu: "Federated" },
  { id: "scaling", title: "Plan a large training from small ones", menu: "Scaling" },
  { id: "model", title: "Your model", menu: "Your model" },
] as const;

export type PageId = (typeof pages)[number]["id"];

/** An HTML file of the site: a page, or the lessons that lead through pages. */
export type FileId = PageId | "lesson";

/** A page's body, and the data that its live part is built with. */
export interface BuiltPage {
  body: VNode;
  builtIn: unknown;
  story?: ToldStory | undefined;
}

/** A page's body: the header with the menu and the chip, its live part, and what stands still. */
export function Body({
  page,
  intro,
  live,
  story,
  isPlain = false,
  children,
}: {
  page: FileId;
  /** The introduction above the live part. */
  intro?: ComponentChildren;
  live: ComponentChildren;
  story?: ToldStory | undefined;
  /** Whether the page computes without an engine, so that there is no backend to choose. */
  isPlain?: boolean | undefined;
  children?: ComponentChildren;
}) {
  return (
    <>
      <a class="skip" href="#live">
        Skip to the playground
      </a>
      <header class="bar">
        <a class="wordmark" href="./index.html">
          Deepgrain
        </a>
        <nav aria-label="Pages">
          {pages.map(({ id, menu }) => (
            <a key={id} href={`./${id}.html`} aria-current={id === page ? "page" : undefined}>
              {menu}
            </a>
          ))}
          <a href="./lesson.html" aria-current={page === "lesson" ? "page" : undefined}>
            Lessons
          </a>
        </nav>
        {!isPlain && (
          <div id="chip">
            <Chip />
          </div>
        )}
      </header>
      <main>
        {page !== "lesson" && <div id="share" />}
        {intro}
        {story && <StoryList {...story} />}
        <div id="live" data-page={page}>
          {live}
        </div>
        <noscript>
          <p class="hint">
            {page === "lesson"
              ? "Lessons need JavaScript. The stories of the pages can be read without."
              : "What you see is recorded. With JavaScript it comes to life."}
          </p>
        </noscript>
        {children}
      </main>
      <footer>
        <p>
          Everything runs in this page, on your machine: no request leaves this site
          {page === "model" && ", but for an address that you have it ask"}. Models here are tiny;
          they show directions, not a paper’s numbers.
        </p>
        {DOCS && (
          <p>
            <a href={DOCS}>Documentation</a>
          </p>
        )}
      </footer>
    </>
  );
}

function Panel({ id, name, text }: { id?: string; name: string; text: string }) {
  return (
    <details id={id}>
      <summary>{name}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </details>
  );
}

/** The program that does the same with the packages, and the command. @param props.code of the page's first state */
export function Panels({ code, command }: { code: string; command: string }) {
  return (
    <div class="panels">
      <Panel id="code-panel" name="Code" text={code} />
      <Panel name="Command" text={command} />
    </div>
  );
}
