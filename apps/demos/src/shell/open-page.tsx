import { type ComponentChild, hydrate, render } from "preact";
import "virtual:pages.css";
import "./shell.css";
import "./phone.css";
import { openEmbedded } from "../embed/open-embedded";
import { ShareButton } from "../share/share-button";
import { Chip } from "./chip";
import type { StoryEntry } from "./use-address";

/** The data that a page was built with. */
export const builtIn = <T,>(): T => JSON.parse(document.getElementById("built-in")!.textContent!);

/** Lets the link that skips the header move the focus, but not the address, which holds the page's state. */
function keepAddress(live: HTMLElement): void {
  live.tabIndex = -1;
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    live.focus();
  });
}

/** Scrolls the menu to this page, where it is a line that is longer than the screen. */
function showInMenu(): void {
  const own = document.querySelector<HTMLElement>(".bar nav [aria-current]");
  if (own) own.parentElement!.scrollLeft = own.offsetLeft - own.parentElement!.clientWidth / 2;
}

/** Lets the program below the live part follow the state, once it is looked at. */
function openProgram(): void {
  const panel = document.getElementById("code-panel");
  const follow = async () => (await import("../share/follow-code")).followCode(panel!);
  // Where it cannot be loaded, that of the first state stays.
  panel?.addEventListener("toggle", () => void follow().catch(() => {}), { once: true });
}

/** Brings the live part of a page to life. An address that is edited opens the page anew; the steps of its story do not. */
export function openPage(content: ComponentChild): void {
  const live = document.getElementById("live")!;
  keepAddress(live);
  showInMenu();
  addEventListener("hashchange", () => {
    if (!(history.state as StoryEntry | null)?.isStory) location.reload();
  });
  const chip = document.getElementById("chip");
  if (chip) hydrate(<Chip />, chip);
  const share = document.getElementById("share");
  if (share) render(<ShareButton />, share);
  hydrate(content, live);
  openProgram();
  openEmbedded(live);
}
