import { checkpoint, type nn, type Tensor } from "@deepgrain/tensor-gpu";
import type { ForwardContext } from "./forward-context";

interface Block extends nn.Module {
  forward(x: Tensor, context: ForwardContext): Tensor;
}

/**
 * A block of which the residual stream alone is kept: the backward pass runs it again.
 * @see Chen et al. 2016, "Training deep nets with sublinear memory cost", section 4
 */
export function checkpointedBlock(block: Block, x: Tensor, context: ForwardContext): Tensor {
  const { keyMask, tokenMask } = context;
  // The context's tensors go in as inputs, so that they live until the second pass.
  const given = [context.positions, ...(keyMask && tokenMask ? [keyMask, tokenMask] : [])];
  let isRepeated = false;
  const run = (input: Tensor, positions: Tensor, keys: Tensor | null, tokens: Tensor | null) => {
    const own = { ...context, positions, keyMask: keys, tokenMask: tokens, isRepeated };
    isRepeated = true;
    return block.forward(input, own);
  };
  return checkpoint(
    (input, positions, keys = null as never, tokens = null as never) =>
      run(input!, positions!, keys, tokens),
    [x, ...given],
    block.parameters(),
  );
}
