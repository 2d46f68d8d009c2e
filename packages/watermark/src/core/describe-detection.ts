import { having } from "../errors";
import type { Detection } from "./results";

/** A p-value as readable text: 0.123, 4.5e-9. */
const showP = (p: number): string => (p >= 1e-3 ? p.toFixed(3) : p.toExponential(1));

/** The result of a detection in one line, for people. */
export function describeDetection(detection: Detection): string {
  having("describeDetection", "detection", detection, "verdict", "pValue");
  const { verdict, pValue, z, scored, alpha, tokensNeeded, window, windowsTried } = detection;
  if (verdict === "insufficient")
    return `insufficient: no token can be scored, at least ${tokensNeeded} are needed`;
  const where = windowsTried > 1 ? `, best window ${window.start} to ${window.end}` : "";
  const key = detection.keyId && verdict === "found" ? `, key id ${detection.keyId}` : "";
  const name = verdict === "found" ? "found" : "not found";
  const standard = detection.isNormal ? `, z = ${z.toFixed(2)}` : "";
  return `${name}: p = ${showP(pValue)} (alpha ${alpha})${standard}, ${scored} tokens scored${where}${key}`;
}
