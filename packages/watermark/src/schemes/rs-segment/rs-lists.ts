import type { SchemeResources, Scored } from "../../core/scheme";
import { WatermarkError } from "../../errors";
import { mixBelow } from "../../prf/expand";
import { deriveSubkey, type WatermarkKey } from "../../prf/key";
import { keyedPermutation } from "../../prf/permutation";
import { sipHash } from "../../prf/siphash";
import type { RsSegmentProfile } from "./profile";
import { balancedSegmentMap } from "./segment-map";

/** Positions with their segment and the symbols that favour their token. */
export interface RsScored extends Scored {
  readonly segments: Uint16Array;
  /** Shape [positions, 2^symbol_bits], zeros and ones. */
  readonly favoured: Uint8Array;
}

/** Segment and green list by previous token. */
export interface RsLists {
  /** Share of green tokens. */
  readonly chance: number;
  segmentOf(previous: number): number;
  greens(previous: number): Int32Array;
}

/**
 * The segments of a profile, by hash of the previous token or balanced by token frequencies, and its
 * green lists.
 *
 * @throws {WatermarkError} `ERR_PROFILE` when a balanced map lacks its frequencies
 */
export function rsLists(
  profile: RsSegmentProfile,
  key: WatermarkKey,
  { frequencies }: SchemeResources,
): RsLists {
  const { vocab_size: size, code_symbols, greenlist_ratio, segment_map } = profile;
  const count = Math.floor(greenlist_ratio * size + 1e-9);
  const segmentKey = deriveSubkey(key, "rs-segment/segment");
  const greenKey = deriveSubkey(key, "rs-segment/green");
  const isBalanced = segment_map === "balanced";
  if (isBalanced && frequencies?.length !== size) {
    const got = frequencies?.length ?? 0;
    throw new WatermarkError(
      "ERR_PROFILE",
      `createWatermark: a balanced segment map needs ${size} token frequencies, got ${got}`,
      { fields: { needed: size, got } },
    );
  }
  const map = isBalanced
    ? balancedSegmentMap(frequencies!, code_symbols, sipHash(segmentKey, []))
    : undefined;
  return {
    chance: count / size,
    segmentOf: (previous) =>
      map ? map[previous]! : mixBelow(sipHash(segmentKey, [previous]), 0, code_symbols),
    greens: (previous) => keyedPermutation(sipHash(greenKey, [previous]), size, count),
  };
}

/** Looks up, for every token after the first, which symbols would have favoured it. */
export function scoreSegments(
  ids: ArrayLike<number>,
  { vocab_size: size, symbol_bits }: RsSegmentProfile,
  lists: RsLists,
): RsScored {
  const values = 2 ** symbol_bits;
  const count = Math.max(0, ids.length - 1);
  const positions: number[] = [];
  const names: string[] = [];
  const segments = new Uint16Array(count);
  const favoured = new Uint8Array(count * values);
  const masks = new Map<number, Uint8Array>();
  for (let t = 1; t < ids.length; t++) {
    const previous = ids[t - 1]!;
    let mask = masks.get(previous);
    if (!mask) {
      mask = new Uint8Array(size);
      for (const green of lists.greens(previous)) mask[green] = 1;
      masks.set(previous, mask);
    }
    positions.push(t);
    names.push(`${previous}:${ids[t]}`);
    segments[t - 1] = lists.segmentOf(previous);
    for (let s = 0; s < values; s++) favoured[(t - 1) * values + s] = mask[(ids[t]! + s) % size]!;
  }
  return { positions, names, segments, favoured };
}
