import { Readable } from "node:stream";
import { admission } from "./admit";
import { eventStream } from "./event-stream";
import { liveSections } from "./live-sections";
import { openInside } from "./open-inside";
import { watchPage } from "./watch-page";
import { watchRuns } from "./watched-runs";

/** Pages that may follow at once. */
const MOST_PAGES = 24;

/** Of every answer. */
const common = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** A report is somebody's file: it is shown as if it came from nowhere, without scripts and requests. */
const reportPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors 'none'";

/** The page's own policy is in its head; a header alone can keep it out of frames. */
const pagePolicy = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const html = "text/html; charset=utf-8";

const answer = (
  body: string | ReadableStream | null,
  status: number,
  headers: Record<string, string> = {},
) => new Response(body, { status, headers: { ...common, ...headers } });

/** No reason: whoever may not see the runs learns nothing. */
const refused = (status: number) => answer(null, status);

/** Answers requests for the page. */
export interface WatchHandler {
  (request: Request): Promise<Response>;
  /** Path with the token that lets a browser in: `/?token=…`. */
  entrance: string;
  /** Ends all streams. */
  close(): void;
}

/** Shows the runs below folders. Only GET is answered, and nothing is written. */
export function watchHandler(folders: readonly string[]): WatchHandler {
  const guard = admission();
  const watcher = watchRuns(folders);
  const live = liveSections(watcher);
  const end = new AbortController();
  let pages = 0;

  function events(request: Request): Response {
    if (pages >= MOST_PAGES) return answer(null, 503, { "retry-after": "5" });
    pages++;
    const left = new AbortController();
    const leave = () => {
      if (left.signal.aborted) return;
      pages--;
      left.abort();
    };
    request.signal.addEventListener("abort", leave);
    const messages = live.follow(AbortSignal.any([left.signal, end.signal]));
    return answer(eventStream(messages, leave), 200, { "content-type": "text/event-stream" });
  }

  async function report(id: number): Promise<Response> {
    const place = watcher.placeOf(id);
    const file = place && (await openInside(place.root, place.path, "report.html"));
    if (!file) return refused(404);
    const body = Readable.toWeb(file.createReadStream()) as ReadableStream;
    return answer(body, 200, { "content-type": html, "content-security-policy": reportPolicy });
  }

  async function handler(request: Request): Promise<Response> {
    if (!guard.isForUs(request)) return refused(403);
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "GET") return answer(null, 405, { allow: "GET" });
    const token = searchParams.get("token");
    if (pathname === "/" && token !== null)
      return guard.isToken(token)
        ? answer(null, 303, { location: "/", "set-cookie": guard.setCookie })
        : refused(401);
    if (!guard.hasCookie(request)) return refused(401);
    if (pathname === "/")
      return answer(watchPage(), 200, {
        "content-type": html,
        "content-security-policy": pagePolicy,
      });
    if (pathname === "/events") return events(request);
    const [, id] = /^\/report\/(\d{1,6})$/.exec(pathname) ?? [];
    return id === undefined ? refused(404) : report(Number(id));
  }

  return Object.assign(handler, {
    entrance: `/?token=${guard.token}`,
    close: () => end.abort(),
  });
}
