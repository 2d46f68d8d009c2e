import { type Kind, sizes } from "./pair-names";

/** The share of the experts that can be off goes by eighths, up to what a letter can do without in both models. */
export const EIGHTHS = 8;
export const MOST_EIGHTHS = 6;

/** How many of a layer's experts so many eighths are: 2 of 8, and the like share of 31 is 8. */
export const countOff = (kind: Kind, eighths: number): number =>
  Math.round((sizes[kind].experts * eighths) / EIGHTHS);

/**
 * The busiest experts of each layer, in the order of their numbers; of equally busy ones the first.
 * @param loads shares of the choices, per layer and expert
 */
export const busiestExperts = (loads: readonly (readonly number[])[], count: number): number[][] =>
  loads.map((own) =>
    [...own.keys()]
      .sort((a, b) => own[b]! - own[a]! || a - b)
      .slice(0, count)
      .sort((a, b) => a - b),
  );
