import { having, optionsOf, refuseUnknown, whole } from "../../errors";
import { stream } from "../../federation/random/stream";
import type { NamedTensors } from "../../federation/tensors/named-tensors";
import type { Encoder } from "./encoder";
import { defaultHeads, type HeadNames, initialHead } from "./heads";

/** Options of `createClassifier`. */
export interface ClassifierOptions {
  /** C. */
  readonly classes: number;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Adds RedGrape's second head. Default false. */
  readonly twoHeads?: boolean | undefined;
  /** Default `fc` and `supplementary`. */
  readonly heads?: HeadNames | undefined;
}

/** Initial weights of an encoder and its linear heads. The main parts are the same with and without the second head. */
export async function createClassifier(
  encoder: Encoder,
  options: ClassifierOptions,
): Promise<NamedTensors> {
  const {
    classes,
    seed = 0,
    twoHeads = false,
    heads = defaultHeads,
    ...rest
  } = optionsOf("createClassifier", options);
  refuseUnknown("createClassifier", rest);
  having("createClassifier", "encoder", encoder, "initialize", "width");
  whole("createClassifier", "seed", seed, { min: 0 });
  const body = await encoder.initialize(stream(seed, "encoder"));
  const main = initialHead(heads.main, classes, encoder.width, stream(seed, "head"));
  const second = twoHeads
    ? initialHead(heads.supplementary, classes, encoder.width, stream(seed, "supplementary"))
    : [];
  return new Map([...body, ...main, ...second]);
}
