/** @file What a hub of models answers: a commit, the pages of a list, and files. */
import { createHash } from "node:crypto";
import type { Budget } from "@deepgrain/support";
import fc from "fast-check";
import type { Generator } from "../generator";
import { fetchHubFolder, hubSettings, parseHubSource } from "../inside";
import { count, word } from "./json-values";

const endpoint = "http://hub.test";
const config = "{}";
const oid = createHash("sha1").update(`blob ${config.length}\0${config}`).digest("hex");

/** A row of a list. */
const row = (path: string, more: object = {}) => ({
  type: "file",
  oid,
  size: config.length,
  path,
  ...more,
});

/** All answers of a hub; what is text is sent as it is, anything else as JSON. */
interface Answers {
  readonly info: unknown;
  readonly pages: readonly { readonly rows: unknown; readonly link?: unknown }[];
  readonly file: unknown;
}

const answers = (pages: readonly unknown[]): Answers => ({
  info: { sha: "0".repeat(40) },
  pages: pages.map((rows, i) => ({
    rows,
    link: i + 1 < pages.length ? `<${endpoint}/api/tree/${i + 1}>; rel="next"` : undefined,
  })),
  file: config,
});

const sent = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** Downloads the configuration from a hub that answers so, without waiting between attempts. */
async function download(given: Partial<Answers> | null, budget?: Budget) {
  let page = 0;
  const fetch = async (address: string) => {
    const { pathname } = new URL(address);
    if (pathname.includes("/revision/")) return new Response(sent(given?.info));
    if (!pathname.includes("/tree/")) return new Response(sent(given?.file));
    const { rows, link } = given?.pages?.[page++] ?? {};
    return new Response(sent(rows), { headers: link === undefined ? {} : { link: `${link}` } });
  };
  const settings = { endpoint, token: "", cache: new Map(), offline: false, budget };
  await fetchHubFolder(parseHubSource("hf:owner/tiny"), ["config"], hubSettings(settings), {
    fetch: fetch as typeof globalThis.fetch,
    wait: async () => undefined,
  });
}

const rows = (n: number) => count(n).map((i) => row(`file-${i}`));

export const hubGenerators: readonly Generator[] = [
  {
    door: "hubFolder",
    form: "json",
    valid: fc
      .array(fc.array(word, { maxLength: 3 }), { minLength: 1, maxLength: 3 })
      .map((pages) =>
        answers([
          ...pages.map((names) => names.map((name) => row(name, { lfs: null }))),
          [row("config.json"), { type: "directory", oid, size: 0, path: "folder" }],
        ]),
      ),
    read: download,
    orders: {
      rows: (n) => answers([rows(n)]),
      "rows of one name": (n) => answers([rows(n).map(() => row("config.json"))]),
      pages: (n) => answers(count(n).map((i) => [row(`file-${i}`)])),
      folders: (n) => answers([rows(n).map((each) => ({ ...each, type: "directory" }))]),
      "deep lists": (n) => answers(["[".repeat(n)]),
      "a long link": (n) => {
        const { pages, ...rest } = answers([rows(1)]);
        return { ...rest, pages: [{ ...pages[0], link: "<".repeat(n) }] };
      },
      "a long commit": (n) => ({ ...answers([rows(1)]), info: { sha: "0".repeat(n) } }),
    },
  },
];
