import { fn, type Given, options, real, required, whole } from "@deepgrain/support/schema";
import { check, having, MoeError, read } from "../errors";

/** The choices of a batch, row-major. */
export interface Choices {
  /** [tokens·topK] expert of each choice; −1 for none */
  ids: ArrayLike<number>;
  /** [tokens·topK] affinity (score) of each choice */
  affinities: ArrayLike<number>;
  topK: number;
  experts: number;
}

export interface Dropped {
  /** [tokens·topK] as given, −1 where dropped */
  ids: Int32Array;
  /** Choices that were dropped. */
  dropped: number;
  /** Fraction of all choices that were dropped. */
  fraction: number;
}

const dropping = options({
  /** Devices of consecutive experts; divides the experts. */
  devices: required(whole({ min: 1 })),
  /** Each device takes at most this multiple of the mean load. */
  capacityFactor: real({ min: 0 }, 1),
  /** Whether a token belongs to an exempt sequence, none of whose choices are dropped; none by default. */
  isExempt: fn<(token: number) => boolean>(() => false),
});

export interface DropTokensOptions extends Given<typeof dropping> {}

const capacity = options({
  /** 1.0 to 1.25 in Switch. */
  capacityFactor: required(real({ min: 0 })),
  /** Choices that the mean load is taken from; those given by default. */
  wanted: whole({ min: 0 }),
});

function checkChoices(where: string, choices: Choices): void {
  const { ids, affinities, topK, experts } = having(where, "choices", choices, "ids", "affinities");
  check(where, "experts", experts, whole({ min: 1 }));
  check(where, "topK", topK, whole({ min: 1, max: experts }));
  if (ids.length !== affinities.length || ids.length % topK !== 0)
    throw new MoeError(
      "ERR_SHAPE",
      `moe/${where}: ids and affinities must both hold topK (${topK}) numbers per token, got ${ids.length} and ${affinities.length}`,
      { fields: { ids: ids.length, affinities: affinities.length, topK } },
    );
  const isExpert = whole({ min: -1, max: experts - 1 });
  for (let slot = 0; slot < ids.length; slot++) check(where, "id", ids[slot]!, isExpert);
}

/**
 * Device-level token dropping: a device with more than C = ⌈factor · choices / devices⌉ choices loses those of lowest
 * affinity (of equal ones, of the later token) until C remain. Choices of exempt tokens stay and count against C.
 * A dropped choice adds nothing; the weights of the others are not rescaled, and shared experts are not touched.
 *
 * @throws {MoeError} `ERR_RANGE`, `ERR_SHAPE`
 * @see DeepSeek-V2 (2024), section 2.2.4; the exact arithmetic is not published and follows its wording
 */
export function dropTokens(choices: Choices, options: DropTokensOptions): Dropped {
  const { devices, capacityFactor, isExempt } = read(dropping, "dropTokens", options);
  checkChoices("dropTokens", choices);
  const { affinities, topK, experts } = choices;
  check("dropTokens", "devices", devices, whole({ min: 1, max: experts }));
  if (experts % devices !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/dropTokens: ${devices} devices must divide ${experts} experts`,
      { fields: { devices, experts } },
    );
  const ids = Int32Array.from(choices.ids);
  const onDevice: number[][] = Array.from({ length: devices }, () => []);
  ids.forEach((id, slot) => {
    if (id >= 0) onDevice[Math.floor((id * devices) / experts)]!.push(slot);
  });
  const total = onDevice.reduce((sum, slots) => sum + slots.length, 0);
  const capacity = Math.ceil((capacityFactor * total) / devices);
  let dropped = 0;
  for (const slots of onDevice) {
    const droppable = slots
      .filter((slot) => !isExempt(Math.floor(slot / topK)))
      .sort((a, b) => affinities[a]! - affinities[b]! || b - a);
    for (const slot of droppable.slice(0, Math.max(0, slots.length - capacity))) {
      ids[slot] = -1;
      dropped++;
    }
  }
  return { ids, dropped, fraction: total === 0 ? 0 : dropped / total };
}

/**
 * Expert-level capacity of GShard and Switch: each expert takes at most C = ⌈factor · choices / experts⌉ choices, in
 * order of tokens, every token's first choice before any second one; the rest is dropped.
 *
 * @throws {MoeError} `ERR_RANGE`, `ERR_SHAPE`
 * @see Lepikhin et al. 2021, algorithm 1; Fedus et al. 2022, equation 3
 */
export function limitCapacity(choices: Choices, options: Given<typeof capacity>): Dropped {
  const { capacityFactor, wanted } = read(capacity, "limitCapacity", options);
  checkChoices("limitCapacity", choices);
  const { topK, experts } = choices;
  const ids = Int32Array.from(choices.ids);
  const total = ids.reduce((sum, id) => sum + Number(id >= 0), 0);
  const most = Math.ceil((capacityFactor * (wanted ?? total)) / experts);
  const load = new Int32Array(experts);
  let dropped = 0;
  for (let choice = 0; choice < topK; choice++)
    for (let slot = choice; slot < ids.length; slot += topK) {
      const id = ids[slot]!;
      if (id < 0) continue;
      if (load[id]! < most) load[id]!++;
      else {
        ids[slot] = -1;
        dropped++;
      }
    }
  return { ids, dropped, fraction: total === 0 ? 0 : dropped / total };
}
