import renderToString from "preact-render-to-string";
import { quote as anchors } from "../anchors/quote";
import { quote as code } from "../code/quote";
import { quote as federated } from "../federated/quote";
import { quote as graph } from "../graph/quote";
import { quote as index } from "../landing/quote";
import { quote as lesson } from "../lesson/quote";
import { quote as mixture } from "../mixture/quote";
import { quote as model } from "../model/quote";
import { quote as purify } from "../purify/quote";
import { quote as scaling } from "../scaling/quote";
import { type Figure, figureFile } from "../share/figure-file";
import type { Quote } from "../share/quote";
import { quote as verifier } from "../verifier/quote";
import { quote as watermark } from "../watermark/quote";
import type { FileId } from "./document";
import { pictureStyle } from "./picture-style";

const quotes: Record<FileId, Quote> = {
  index,
  mixture,
  watermark,
  graph,
  anchors,
  verifier,
  code,
  purify,
  federated,
  scaling,
  model,
  lesson,
};

/** A page's recorded picture. */
export interface PageFigure {
  /** An SVG file in both schemes. */
  poster: string;
  /** The same in light colours alone. */
  light: string;
  /** In words. */
  alt: string;
}

/** The folder of a page in `src`. */
export const folderOf = (id: FileId): string => (id === "index" ? "landing" : id);

/**
 * The picture of what a page shows at first; its body must have been drawn before.
 * @param address of the page; "" where it is not known
 */
export function figureOf(
  id: FileId,
  { title, says, address }: Pick<Figure, "title" | "says" | "address">,
): PageFigure {
  const quote = quotes[id];
  const pictures = quote
    .pictures()
    .map(({ picture, caption }) => ({ markup: renderToString(picture), caption }));
  const style = pictureStyle(folderOf(id), pictures.map(({ markup }) => markup).join(""));
  const outcome = quote.outcome();
  const parts = { title, says, pictures, settings: quote.settings(), outcome, address };
  return {
    poster: figureFile({ ...parts, style: style.both }),
    light: figureFile({ ...parts, style: style.light }),
    alt: `${says} ${outcome}`,
  };
}
