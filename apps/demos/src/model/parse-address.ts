import type { Field } from "../state/fields";

/** An address of a model that may be asked, once the visitor has seen its host and agreed. */
export interface ModelAddress {
  /** Without a slash at its end. */
  address: string;
  host: string;
}

/** Letters of an address, at most. */
const LONGEST = 1000;
/** Hosts of this machine, which are asked without encryption. */
const LOOPBACK = ["localhost", "127.0.0.1"];

/** Whether a request may go there: encrypted, or to this machine, and without credentials. */
export const isAllowed = ({ protocol, hostname, username, password }: URL): boolean =>
  (protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname))) &&
  username === "" &&
  password === "";

/** The address of a model's folder or .gguf file as it was typed. @returns it, or what is wrong with it */
export function parseAddress(text: string): ModelAddress | { problem: string } {
  const typed = text.trim();
  if (typed === "") return { problem: "Type the address of a model’s folder or .gguf file." };
  if (typed.length > LONGEST) return { problem: `An address has at most ${LONGEST} letters.` };
  if (!URL.canParse(typed))
    return { problem: "This is no address; one begins with https:// and a host." };
  const url = new URL(typed);
  if (url.username !== "" || url.password !== "")
    return { problem: "An address with a name or a password in it is not asked." };
  if (!isAllowed(url))
    return {
      problem: "Only https:// is asked, and http:// on this machine (localhost or 127.0.0.1).",
    };
  if (/[?#]/.test(typed))
    return { problem: "Give the address of the folder or the file itself, without “?” or “#”." };
  return { address: url.href.replace(/\/+$/, ""), host: url.host };
}

/** An address in the page's own address; "" for none. */
export const addressField: Field<string> = {
  initial: "",
  read(text) {
    const parsed = parseAddress(text);
    return "address" in parsed
      ? { value: parsed.address }
      : { expected: "an https address, or an http address of this machine" };
  },
  write: (value) => value,
};
