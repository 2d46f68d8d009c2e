import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html } from "../html";

/**
 * A chart as inline SVG, without a browser. Colours are CSS variables, so that it follows the page's light or dark scheme.
 * @param label what a screen reader says
 */
export function plotSvg(label: string, options: PlotOptions): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = plot({
    width: 720,
    height: 300,
    marginLeft: 48,
    style: { fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ...options,
    ariaLabel: label,
    document,
  });
  figure.setAttribute("role", "img");
  return new Html(figure.outerHTML);
}
