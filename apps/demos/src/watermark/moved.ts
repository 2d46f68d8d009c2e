import { percentText, scientific } from "../drawing/numbers";
import { type Scheme, schemes } from "./names";
import { payloadBits } from "./payload-code";
import type { Marked } from "./state";

const names: Record<Scheme, string> = { balanced: "the balanced text", plain: "the plain one" };

/** Bits of the message that are read right. */
export function rightBits({ state: { payload }, readings }: Marked, scheme: Scheme): number {
  const meant = payloadBits(payload);
  return readings[scheme].bits.filter((bit, i) => bit === meant[i]).length;
}

/** Something of both texts: "9 in the balanced text, 7 in the plain one". */
export const ofBoth = (said: (scheme: Scheme) => string): string =>
  schemes.map((scheme) => `${said(scheme)} in ${names[scheme]}`).join(", ");

/** "16 of 16 bits in the balanced text, …" */
export const bitsText = (one: Marked): string =>
  ofBoth((scheme) => `${rightBits(one, scheme)} of ${one.readings[scheme].bits.length} bits`);

/** The chances of as many words for a message in texts without a mark. */
export const chancesText = ({ readings }: Marked): string =>
  ofBoth((scheme) => scientific(readings[scheme].pValue));

/** The change that a move has made, in a sentence. */
export function movedText(before: Marked, after: Marked): string {
  const [was, is] = [before.state, after.state];
  if (was.key !== is.key)
    return `With the ${is.key === "own" ? "writer’s" : "wrong"} key, the chance of so much in a text without a mark is ${chancesText(after)}.`;
  const what =
    was.strength !== is.strength
      ? `Strength ${was.strength} → ${is.strength}`
      : is.rate > 0
        ? `${percentText(is.rate, 0)} attacked`
        : `Message “${is.payload}”`;
  return `${what}: right are ${bitsText(after)} (before: ${schemes.map((scheme) => rightBits(before, scheme)).join(" and ")}).`;
}
