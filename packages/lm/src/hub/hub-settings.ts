import type { Budget, BudgetLimits } from "@deepgrain/support";
import { type Folder, inFolder, nodeOs } from "@deepgrain/support/files";
import { LmError } from "../errors";
import { listBudget } from "./checked-answers";

/** How far a download has come, over all of its files. */
export interface HubProgress {
  /** The file that is being downloaded. */
  file: string;
  /** Bytes that are there, those of earlier downloads included. */
  bytes: number;
  totalBytes: number;
}

/** How models of the Hugging Face hub are reached. */
export interface HubOptions {
  /**
   * An access token, for private and gated repositories. It is sent to the origin of `endpoint` alone, also where that
   * redirects elsewhere. Default in Node: `HF_TOKEN`.
   */
  token?: string | undefined;
  /** Address of the hub. Default: `HF_ENDPOINT` in Node, else https://huggingface.co. */
  endpoint?: string | undefined;
  /**
   * Where files are kept, by commit: a path, a directory handle or a Map. Default in Node: the folder that Python's
   * `huggingface_hub` uses and in its layout, by `HF_HUB_CACHE`, `HF_HOME` and `XDG_CACHE_HOME`; a page must give one.
   */
  cache?: Folder | undefined;
  /** Uses what the cache has, without any request. Default: whether `HF_HUB_OFFLINE` is 1, true, yes or on. */
  offline?: boolean | undefined;
  /**
   * Limits of what the hub says about a repository: 32 steps (pages of its list), 8,388,608 bytes and 10,000 entries by
   * default.
   */
  budget?: BudgetLimits | Budget | undefined;
  /** Called as bytes arrive. */
  onProgress?: ((progress: HubProgress) => void) | undefined;
}

/** The options of a download with their defaults. */
export interface HubSettings {
  /** Without a slash at its end. */
  endpoint: string;
  token: string | undefined;
  cache: Folder;
  isOffline: boolean;
  /** Of one repository's list. */
  budget: Budget;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment's variables; none in a page. */
const environment = (): Environment =>
  (globalThis as { process?: { env?: Environment } }).process?.env ?? {};

/** The variable's text, where it has one. */
const variable = (...names: string[]): string | undefined =>
  names.map((name) => environment()[name]).find((value) => value !== undefined && value !== "");

/** The address of the hub, which a page's addresses may begin with. @throws {LmError} `ERR_ARGUMENT` */
export function hubEndpoint(given: string | undefined): string {
  const text = given ?? variable("HF_ENDPOINT") ?? "https://huggingface.co";
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {}
  if (url && /^https?:$/.test(url.protocol) && url.username + url.password + url.search === "")
    return url.href.replace(/\/+$/, "");
  const shown = url && url.username + url.password !== "" ? "one with a password" : text;
  throw new LmError(
    "ERR_ARGUMENT",
    `lm/hub: the endpoint (HF_ENDPOINT) must be an http or https address without a user, got ${shown}`,
  );
}

function defaultCache(): string {
  const given = variable("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
  if (given !== undefined) return given;
  const home = variable("HF_HOME");
  if (home !== undefined) return inFolder(home, "hub");
  let ownHome: string;
  try {
    ownHome = nodeOs().homedir();
  } catch (cause) {
    throw new LmError(
      "ERR_ARGUMENT",
      "lm/hub: a page must say where files are kept: pass hub: { cache } with a FileSystemDirectoryHandle or a Map",
      { cause },
    );
  }
  const caches = variable("XDG_CACHE_HOME") ?? inFolder(ownHome, ".cache");
  return inFolder(caches, "huggingface/hub");
}

/** @throws {LmError} `ERR_ARGUMENT` for an endpoint or a token that cannot be one, or a page without a cache */
export function hubSettings({ token, endpoint, cache, offline, budget }: HubOptions): HubSettings {
  const ownToken = (token ?? variable("HF_TOKEN"))?.trim();
  if (ownToken !== undefined && !/^[\x21-\x7e]*$/.test(ownToken))
    throw new LmError(
      "ERR_ARGUMENT",
      "lm/hub: the token (HF_TOKEN) must be printable letters without spaces",
    );
  return {
    endpoint: hubEndpoint(endpoint),
    token: ownToken === "" ? undefined : ownToken,
    cache: cache ?? defaultCache(),
    isOffline: offline ?? /^(1|true|yes|on)$/i.test(variable("HF_HUB_OFFLINE") ?? ""),
    budget: listBudget(budget),
  };
}
