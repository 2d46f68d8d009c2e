import { checkpoint, type nn, type Tensor } from "@deepgrain/tensor-gpu";
import type { ForwardContext } from "./forward-context";

interface Block extends nn.Module {
  forward(x: Tensor, context: ForwardContext): Tensor;
}

/**
 * A block that keeps only the residual stream: the backward pass runs the block again.
 * @see Chen et al. 2016, "Training deep nets with sublinear memory cost", section 4
 */
export function checkpointedBlock(block: Block, x: Tensor, context: ForwardContext): Tensor {
  // The context's tensors go in as inputs, so that they live until the second pass.
  const tables = ["positions", "keyMask", "tokenMask", "segments"] as const;
  const given = tables.filter((name) => context[name] !== null);
  const run = (input: Tensor, inputs: readonly Tensor[]) => {
    const own = Object.fromEntries(given.map((name, i) => [name, inputs[i]!]));
    return block.forward(input, { ...context, ...own });
  };
  return checkpoint(
    (input, ...inputs) => run(input!, inputs),
    [x, ...given.map((name) => context[name]!)],
    block.parameters(),
  );
}
