import { setTimeout as wait } from "node:timers/promises";
import { html } from "@deepgrain/support/pages";
import { pageSections, type SectionContent } from "./draw-sections";
import type { RunWatcher } from "./watched-runs";

/** A message to a page that is open. */
export type LiveMessage =
  /** The sections of the page, in order. */
  | { type: "layout"; sections: { id: string; title: string }[] }
  | ({ type: "section"; id: string } & SectionContent)
  /** Nothing has changed for a while. */
  | { type: "idle" };

/** Milliseconds between two looks at the files, and between two searches for new runs. */
const READ_EVERY = 1000;
const SCAN_EVERY = 3000;

/** Milliseconds after which a page hears that the connection stands. */
const IDLE = 15_000;

interface Drawn {
  title: string;
  key: string;
  version: number;
  content: SectionContent;
}

/** The sections of a page, drawn once for all that look, and only while somebody does. */
export interface LiveSections {
  /** Messages from which a page shows everything, then those of changes, until it leaves. */
  follow(signal: AbortSignal): AsyncGenerator<LiveMessage, void>;
}

/** A section's content, or why its data cannot be drawn: the others are shown all the same. */
function drawnOr(draw: () => SectionContent): SectionContent {
  try {
    return draw();
  } catch (error) {
    return { html: html`<p>This cannot be drawn: ${(error as Error).message}</p>`.text };
  }
}

/** Draws what a watcher sees. */
export function liveSections(watcher: RunWatcher): LiveSections {
  let drawn = new Map<string, Drawn>();
  let version = 0;
  let followers = 0;
  let isLooking = false;
  const waiting = new Set<() => void>();

  async function refresh(): Promise<void> {
    const sections = pageSections(await watcher.read());
    const next = new Map<string, Drawn>();
    for (const { id, title, key, draw } of sections) {
      const old = drawn.get(id);
      const isSame = old !== undefined && old.key === key;
      next.set(id, isSame ? old : { title, key, version: ++version, content: drawnOr(draw) });
    }
    drawn = next;
    for (const wake of [...waiting]) wake();
  }

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      for (let scanned = Number.NEGATIVE_INFINITY; followers > 0; ) {
        const began = performance.now();
        try {
          if (began - scanned >= SCAN_EVERY) {
            scanned = began;
            await watcher.scan();
          }
          await refresh();
        } catch {
          // a folder or a file has vanished between two calls: the next look sees that
        }
        // Drawing takes at most a third of a core, however much there is to draw.
        await wait(Math.max(READ_EVERY, 2 * (performance.now() - began)));
      }
    } finally {
      isLooking = false;
    }
  }

  /** Resolves with the next refresh, after a while, or when the signal fires. */
  const next = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        waiting.delete(end);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, IDLE);
      waiting.add(end);
      signal.addEventListener("abort", end);
    });

  return {
    async *follow(signal) {
      followers++;
      void look();
      const sent = new Map<string, number>();
      let layout = "";
      let said = performance.now();
      try {
        while (!signal.aborted) {
          const changed: LiveMessage[] = [];
          const sections = Array.from(drawn, ([id, { title }]) => ({ id, title }));
          if (sections.length > 0 && JSON.stringify(sections) !== layout) {
            layout = JSON.stringify(sections);
            changed.push({ type: "layout", sections });
          }
          for (const [id, { version: own, content }] of drawn) {
            if (sent.get(id) === own) continue;
            sent.set(id, own);
            changed.push({ type: "section", id, ...content });
          }
          if (changed.length === 0 && performance.now() - said >= IDLE)
            changed.push({ type: "idle" });
          for (const message of changed) {
            yield message;
            said = performance.now();
          }
          if (changed.length === 0 && !signal.aborted) await next(signal);
        }
      } finally {
        followers--;
      }
    },
  };
}
