import { tickText } from "@deepgrain/support/pages";

const raised = (power: number) =>
  [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "⁻").join("");

/** Powers of ten between which numbers are written out. */
const PLAIN = { from: -3, to: 4 };

/** A number beside a logarithmic axis: 10⁹, or as it is where it is neither large nor small. */
export function powerText(value: number): string {
  const power = Math.floor(Math.log10(value) + 1e-9);
  if (power >= PLAIN.from && power <= PLAIN.to) return tickText(value);
  const factor = Number((value / 10 ** power).toPrecision(3));
  return `${factor === 1 ? "" : `${factor}·`}10${raised(power)}`;
}

/** Three digits: 0.524, 1,160, 2.57 · 10¹⁰. */
export function scientific(value: number): string {
  const [factor, power] = value.toExponential(2).split("e") as [string, string];
  if (value === 0 || (Number(power) >= PLAIN.from && Number(power) < PLAIN.to))
    return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 });
  return `${factor} · 10${raised(Number(power))}`;
}

/** 12.3 %, which no line breaks. */
export const percentText = (share: number, places = 1): string =>
  `${(100 * share)
    .toFixed(places)
    .replace(/^-(?=[0.]+$)/, "")
    .replace("-", "−")}\u00a0%`;

/** A change: +0.049, −0.049. */
export const signedText = (value: number, places = 3): string =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(places)}`;
