import { optionsOf, real, refuseUnknown } from "../errors";
import { type DecoderShape, flopsPerToken } from "../measures/flops-per-token";

/**
 * A decoder whose M is near a planned model scale: of all widths that are a multiple of `widthMultiple`, each with the
 * number of layers that meets M best, the one whose width over layers is nearest to `aspect`.
 *
 * @param model M, non-embedding FLOPs per token
 * @param options.sequenceLength training sequence length S in tokens
 * @param options.aspect width per layer wanted (default 128; DeepSeek LLM 7B has 137, 67B has 86)
 * @param options.widthMultiple default 64
 * @returns layers, width, sequence length and the M that they have
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0
 */
export function decoderShape(
  model: number,
  options: {
    sequenceLength: number;
    aspect?: number | undefined;
    widthMultiple?: number | undefined;
  },
): DecoderShape & { model: number } {
  const {
    sequenceLength,
    aspect = 128,
    widthMultiple = 64,
    ...rest
  } = optionsOf("decoderShape", options);
  refuseUnknown("decoderShape", rest);
  real("decoderShape", "model", model, { above: 0 });
  real("decoderShape", "sequenceLength", sequenceLength, { above: 0 });
  real("decoderShape", "aspect", aspect, { above: 0 });
  real("decoderShape", "widthMultiple", widthMultiple, { above: 0 });
  const shapeOf = (width: number) => {
    const perLayer = flopsPerToken({ layers: 1, width, sequenceLength });
    return { layers: Math.max(1, Math.round(model / perLayer)), width, sequenceLength };
  };
  const distance = ({ width, layers }: DecoderShape) => Math.abs(Math.log(width / layers / aspect));
  let best = shapeOf(widthMultiple);
  // Wider decoders have fewer layers, so the aspect grows with the width: stop at the first that is further away.
  for (let width = 2 * widthMultiple; ; width += widthMultiple) {
    const shape = shapeOf(width);
    if (distance(shape) > distance(best)) break;
    best = shape;
  }
  return { ...best, model: flopsPerToken(best) };
}

/**
 * The width at which a decoder with a given number of layers has the wanted M, rounded to a multiple: `72·L·d² +
 * 12·L·d·S = M` solved for d.
 *
 * @param model M, non-embedding FLOPs per token
 * @param options.layers decoder blocks L
 * @param options.sequenceLength training sequence length S in tokens
 * @param options.multiple what the width is a multiple of (default 64)
 * @param options.least smallest width (default: the multiple)
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0
 */
export function decoderWidth(
  model: number,
  options: {
    layers: number;
    sequenceLength: number;
    multiple?: number | undefined;
    least?: number | undefined;
  },
): number {
  const {
    layers,
    sequenceLength,
    multiple = 64,
    least = multiple,
    ...rest
  } = optionsOf("decoderWidth", options);
  refuseUnknown("decoderWidth", rest);
  real("decoderWidth", "model", model, { above: 0 });
  real("decoderWidth", "layers", layers, { above: 0 });
  real("decoderWidth", "sequenceLength", sequenceLength, { above: 0 });
  real("decoderWidth", "multiple", multiple, { above: 0 });
  real("decoderWidth", "least", least, { above: 0 });
  const attention = 12 * sequenceLength;
  const exact = (Math.sqrt(attention ** 2 + (288 * model) / layers) - attention) / 144;
  return Math.max(least, multiple * Math.round(exact / multiple));
}
