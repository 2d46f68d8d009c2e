import { type ComponentChild, hydrate } from "preact";
import "virtual:pages.css";
import "./shell.css";
import { Chip } from "./chip";

/** The data that a page was built with. */
export const builtIn = <T,>(): T => JSON.parse(document.getElementById("built-in")!.textContent!);

/** Brings the live part of a page to life. */
export function openPage(live: ComponentChild): void {
  const chip = document.getElementById("chip");
  if (chip) hydrate(<Chip />, chip);
  hydrate(live, document.getElementById("live")!);
}
