import { readFileSync } from "node:fs";

/** One trial of the sweep that the main job's rates come from. */
export interface Trial {
  size: string;
  way: string;
  rate: number;
  /** Right answers in percent. */
  right: number;
  /** Rise of the loss on English, in nats per token. */
  lost: number;
}

const ROW =
  /^ *\| (default|quick) +\| (chosen experts|all weights) +\| ([\d.]+) +\| ([\d.]+) +\| ([+−][\d.]+) +\|$/gm;

/** The sweep, from the README of `compare esft`. */
export function sweep(): Trial[] {
  const readme = readFileSync(
    new URL("../../../studies/esft/what-start-shows.md", import.meta.url),
    "utf8",
  );
  return Array.from(readme.matchAll(ROW), ([, size, way, rate, right, lost]) => ({
    size: size!,
    way: way!,
    rate: Number(rate),
    right: Number(right),
    lost: Number(lost!.replace("−", "-")),
  }));
}
