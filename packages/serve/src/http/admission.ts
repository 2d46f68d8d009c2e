import { refuse } from "./refusal";

/** Who may ask. */
export interface AdmissionOptions {
  /** Bearer keys, one of which every request but `/health` must bring. Default: none is needed. */
  keys?: readonly string[] | undefined;
  /** The only values of `Host` that are answered, with or without a port, in lower case. Default: all. */
  allowHosts?: readonly string[] | undefined;
  /** Origins of web pages that may ask, such as `https://example.com`. Default: none; a request without `Origin` may. */
  allowOrigins?: readonly string[] | undefined;
}

const hexOf = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A key's digest: digests have one length, so that comparing them tells nothing about the key. */
async function digest(key: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** The name of a host without its port. */
const hostName = (host: string) => host.toLowerCase().replace(/:\d*$/, "");

/** Decides who is answered. */
export interface Admission {
  /** Refuses requests of other hosts and of pages that are not named. @throws {ServeError} `ERR_REQUEST`, status 403 */
  checkPlace(request: Request): void;
  /**
   * Refuses requests without one of the keys.
   * @returns what tells this key's requests from those of others; empty where none is needed
   * @throws {ServeError} `ERR_REQUEST`, status 401
   */
  checkKey(request: Request): Promise<string>;
  /** Lets the page that asked read the answer. */
  open(request: Request, headers: Headers): void;
}

/** Reads the headers of requests. */
export function admission({
  keys = [],
  allowHosts,
  allowOrigins = [],
}: AdmissionOptions): Admission {
  let digests: Promise<Uint8Array[]> | undefined;
  return {
    checkPlace({ headers }) {
      const host = headers.get("host") ?? "";
      const isKnown = [host.toLowerCase(), hostName(host)].some((name) =>
        allowHosts?.includes(name),
      );
      if (allowHosts && !isKnown)
        refuse(403, "This host is not served.", { code: "host_not_allowed" });
      const origin = headers.get("origin");
      if (origin !== null && !allowOrigins.includes(origin))
        refuse(403, "Pages of this origin are not served.", { code: "origin_not_allowed" });
    },
    async checkKey({ headers }) {
      if (keys.length === 0) return "";
      digests ??= Promise.all(keys.map(digest));
      const [, given = ""] = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
      const asked = await digest(given);
      const matches = (await digests).filter((known) => isSame(known, asked)); // looks at all of them
      if (given === "" || matches.length === 0)
        refuse(401, "An API key is needed: Authorization: Bearer KEY.", {
          code: "invalid_api_key",
        });
      return hexOf(asked);
    },
    open({ headers: asked }, headers) {
      const origin = asked.get("origin");
      if (origin === null || !allowOrigins.includes(origin)) return;
      headers.set("access-control-allow-origin", origin);
      headers.set("access-control-allow-methods", "GET, POST");
      const wanted = asked.get("access-control-request-headers");
      if (wanted !== null) headers.set("access-control-allow-headers", wanted);
      headers.append("vary", "Origin");
    },
  };
}
