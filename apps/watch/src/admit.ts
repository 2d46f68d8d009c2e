import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Decides who is answered. */
export interface Admission {
  /** The token that the address brings. */
  token: string;
  /** Whether a request is for this server, and not sent by a page of another one. */
  isForUs(request: Request): boolean;
  /** Whether a token is ours. */
  isToken(given: string): boolean;
  /** Whether a request brings the cookie that a token was exchanged for. */
  hasCookie(request: Request): boolean;
  /** The header that sets the cookie. */
  setCookie: string;
}

const secret = () => randomBytes(32).toString("base64url");
const digest = (text: string) => createHash("sha256").update(text).digest();

/** Digests have one length, so that comparing them tells nothing about the secret. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** Names of this machine, which a page elsewhere cannot give its own address, whatever DNS says. */
const hosts = ["127.0.0.1", "localhost"];

/** New secrets. The cookie's name is random too: other servers of this machine share its cookies. */
export function admission(): Admission {
  const token = secret();
  const name = `deepgrain-watch-${randomBytes(6).toString("hex")}`;
  const value = secret();
  return {
    token,
    isForUs({ headers }) {
      const host = (headers.get("host") ?? "").toLowerCase();
      const site = headers.get("sec-fetch-site");
      const isOwnPage = site === null || site === "none" || site === "same-origin";
      const isLink = headers.get("sec-fetch-mode") === "navigate"; // as of a terminal in a browser
      const origin = headers.get("origin");
      const isOwnOrigin = origin === null || origin.toLowerCase() === `http://${host}`;
      return hosts.includes(host.replace(/:\d+$/, "")) && (isOwnPage || isLink) && isOwnOrigin;
    },
    isToken: (given) => isSame(given, token),
    hasCookie({ headers }) {
      const given = (headers.get("cookie") ?? "")
        .split(";")
        .map((part) => part.trim())
        .find((part) => part.startsWith(`${name}=`));
      return isSame(given ?? "", `${name}=${value}`);
    },
    setCookie: `${name}=${value}; Path=/; HttpOnly; SameSite=Strict`,
  };
}
