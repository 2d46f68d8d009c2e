import { render, type VNode } from "preact";
import { saveFile } from "../shell/save-file";
import { figureFile, SIZE } from "./figure-file";
import { plainRules, type Rule } from "./plain-rules";
import type { Quote } from "./quote";

/** Draws a picture as markup. */
function markupOf(picture: VNode): string {
  const place = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  render(picture, place);
  const text = new XMLSerializer().serializeToString(place.firstElementChild!);
  render(null, place);
  return text.replaceAll(' xmlns="http://www.w3.org/2000/svg"', "");
}

/** The rules of this page's style sheets, without those that depend on its width. */
const pageRules = (): Rule[] =>
  [...document.styleSheets].flatMap(({ cssRules }) =>
    [...cssRules].flatMap((rule) =>
      rule instanceof CSSStyleRule
        ? [{ selector: rule.selectorText, body: rule.style.cssText }]
        : [],
    ),
  );

/** @returns what the page shows now as an SVG file, in the scheme of the visitor */
export function pagePicture(quote: Quote, address: string): string {
  const pictures = quote
    .pictures()
    .map(({ picture, caption }) => ({ markup: markupOf(picture), caption }));
  const root = getComputedStyle(document.documentElement);
  const markup = pictures.map((one) => one.markup).join("");
  return figureFile({
    title: document.querySelector("h1")!.textContent!,
    says: document.querySelector<HTMLMetaElement>('meta[name="description"]')!.content,
    pictures,
    settings: quote.settings(),
    outcome: quote.outcome(),
    address,
    style: plainRules(pageRules(), markup, (name) => root.getPropertyValue(name).trim()),
  });
}

/** An SVG file as an address that this site's policy lets a picture have. */
export const dataAddress = (svg: string): string =>
  `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

/** Lets the visitor save a picture as a PNG of 1200 × 630 pixels. @throws {Error} where the browser cannot draw it */
export async function savePng(name: string, svg: string): Promise<void> {
  const image = new Image(SIZE.width, SIZE.height);
  image.src = dataAddress(svg);
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  canvas.getContext("2d")!.drawImage(image, 0, 0, SIZE.width, SIZE.height);
  const file = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!file) throw new Error("this browser cannot write a PNG");
  saveFile(name, file);
}
