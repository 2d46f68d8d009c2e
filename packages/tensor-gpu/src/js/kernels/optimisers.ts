import type { OnHeap } from "../on-heap";

export const squaredNorms: OnHeap["squaredNorms"] = (heap, out, views) => {
  const y = heap.floats(out);
  for (const [i, view] of views.entries()) {
    let sum = 0;
    for (const x of heap.floats(view)) sum += x * x;
    y[i] = sum;
  }
};

/** @see Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2 */
export const adamw: OnHeap["adamw"] = (
  heap,
  slots,
  m,
  v,
  gradScale,
  { lr, beta1, beta2, eps, biasCorrection1, biasCorrection2 },
) => {
  const [means, squares] = [heap.floats(m), heap.floats(v)];
  const factor = gradScale === null ? 1 : heap.floats(gradScale)[0]!;
  let at = 0;
  for (const { parameter, gradient, weightDecay, lrScale } of slots) {
    const [weights, gradients] = [heap.floats(parameter), heap.floats(gradient)];
    const rate = lr * lrScale;
    for (let i = 0; i < weights.length; i++, at++) {
      const g = factor * gradients[i]!;
      means[at] = beta1 * means[at]! + (1 - beta1) * g;
      squares[at] = beta2 * squares[at]! + (1 - beta2) * g * g;
      const deviation = Math.sqrt(squares[at]! / biasCorrection2) + eps;
      const step = means[at]! / biasCorrection1 / deviation;
      weights[i] = weights[i]! * (1 - rate * weightDecay) - rate * step;
    }
  }
};

/** @see Sutskever et al. 2013, "On the importance of initialization and momentum", in PyTorch's form */
export const sgd: OnHeap["sgd"] = (
  heap,
  slots,
  buffer,
  gradScale,
  { lr, momentum, dampening, nesterov, firstStep },
) => {
  const velocities = buffer && heap.floats(buffer);
  const factor = gradScale === null ? 1 : heap.floats(gradScale)[0]!;
  let at = 0;
  for (const { parameter, gradient, weightDecay, lrScale } of slots) {
    const [weights, gradients] = [heap.floats(parameter), heap.floats(gradient)];
    for (let i = 0; i < weights.length; i++, at++) {
      const g = factor * gradients[i]! + weightDecay * weights[i]!;
      let step = g;
      if (velocities !== null) {
        velocities[at] = firstStep ? g : momentum * velocities[at]! + (1 - dampening) * g;
        step = nesterov ? g + momentum * velocities[at]! : velocities[at]!;
      }
      weights[i] = weights[i]! - lr * lrScale * step;
    }
  }
};
