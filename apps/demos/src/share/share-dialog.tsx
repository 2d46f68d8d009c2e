import { signal } from "@preact/signals";
import { render } from "preact";
import { Problems } from "../shell/controls";
import { saveFile } from "../shell/save-file";
import { hash } from "../shell/use-address";
import { citationOf } from "./citation";
import { addressOf, componentCode, frameCode, type SharedPage } from "./embed-code";
import { loadProgram } from "./follow-code";
import { dataAddress, pagePicture, savePng } from "./page-picture";
import type { Quote } from "./quote";
import "./share.css";

/** The quotes of all pages, by their folders. */
const quotes = import.meta.glob<Quote>("../*/quote.tsx", { import: "quote" });

/** The last thing done, for the visitor. */
const said = signal("");
const problems = signal<string[]>([]);

async function copy(name: string, text: string): Promise<void> {
  problems.value = [];
  try {
    await navigator.clipboard.writeText(text);
    said.value = `${name} copied.`;
  } catch {
    problems.value = ["The browser does not let this page copy; select the text and copy it."];
  }
}

function Copied({ name, text }: { name: string; text: string }) {
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <button type="button" aria-label={`Copy: ${name}`} onClick={() => void copy(name, text)}>
        Copy
      </button>
    </section>
  );
}

function Picture({ name, svg }: { name: string; svg: string }) {
  const png = async () => {
    problems.value = [];
    try {
      await savePng(`${name}.png`, svg);
    } catch (error) {
      problems.value = [`The picture could not be drawn: ${(error as Error).message}`];
    }
  };
  const asSvg = () => saveFile(`${name}.svg`, new Blob([svg], { type: "image/svg+xml" }));
  return (
    <section aria-label="Picture">
      <h3>Picture</h3>
      <img
        src={dataAddress(svg)}
        width="1200"
        height="630"
        alt="As it will be saved, with title, outcome, settings and address"
      />
      <div class="buttons">
        <button type="button" onClick={asSvg}>
          Save as SVG
        </button>
        <button type="button" onClick={() => void png()}>
          Save as PNG
        </button>
      </div>
    </section>
  );
}

interface Shared {
  page: SharedPage;
  svg: string;
  program: string;
}

function Content({ page, svg, program, close }: Shared & { close(): void }) {
  const address = addressOf(page);
  return (
    <>
      <div class="share-head">
        <h2 id="share-title">Share what you see</h2>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
      <p class="status" role="status">
        {said.value}
      </p>
      <Problems messages={problems.value} />
      <Copied name="Address" text={address} />
      <Picture name={`deepgrain-${page.id}`} svg={svg} />
      <Copied name="Citation, BibTeX" text={citationOf(page.id, { title: page.title, address })} />
      <Copied name="Program for Node" text={program} />
      <Copied name="Figure in a page of yours" text={componentCode(page)} />
      <Copied name="Frame in a page of yours" text={frameCode(page)} />
    </>
  );
}

/** Opens the dialog with what the page shows now: its address, picture, citation, program, and the code for other pages. */
export async function openShare(): Promise<void> {
  const id = document.getElementById("live")!.dataset.page!;
  const quote = await quotes[`../${id === "index" ? "landing" : id}/quote.tsx`]!();
  const program = (await loadProgram())();
  const title = document.querySelector("h1")!.textContent!;
  const site = new URL("./", location.href.replace(/[?#].*$/, "")).href;
  const page: SharedPage = { id, title, site, state: hash.value };
  const dialog = document.createElement("dialog");
  dialog.className = "share";
  dialog.setAttribute("aria-labelledby", "share-title");
  said.value = "";
  problems.value = [];
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    render(null, dialog);
    dialog.remove();
  });
  const svg = pagePicture(quote, addressOf(page));
  const shared = { page, svg, program };
  render(<Content {...shared} close={() => dialog.close()} />, dialog);
  dialog.showModal();
}
