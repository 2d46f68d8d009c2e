import type { NamedTensors, ReadonlyTensors } from "../tensors/named-tensors";
import { squaredNorm } from "../tensors/tensor-math";

/** The factor that brings gradients to a joint norm of at most `clip`: min(1, clip/(norm + 1e-6)). */
export function clipFactor(gradients: ReadonlyTensors, clip: number | null): number {
  if (clip === null) return 1;
  let squares = 0;
  for (const { data } of gradients.values()) squares += squaredNorm(data);
  return Math.min(1, clip / (Math.sqrt(squares) + 1e-6));
}

/**
 * One step of SGD with momentum, in place: u := ρ·u + scale·g; θ := θ − lr·u.
 *
 * @param velocity u by name; filled on the first step
 */
export function sgdStep(
  params: ReadonlyTensors,
  gradients: ReadonlyTensors,
  velocity: NamedTensors,
  { lr, momentum, scale }: { lr: number; momentum: number; scale: number },
): void {
  for (const [name, { shape, data: gradient }] of gradients) {
    const { data } = params.get(name)!;
    if (momentum === 0) {
      for (let i = 0; i < data.length; i++) data[i]! -= lr * scale * gradient[i]!;
      continue;
    }
    let kept = velocity.get(name)?.data;
    if (!kept) {
      kept = new Float32Array(data.length);
      velocity.set(name, { shape, data: kept });
    }
    for (let i = 0; i < data.length; i++) {
      const u = momentum * kept[i]! + scale * gradient[i]!;
      kept[i] = u;
      data[i]! -= lr * u;
    }
  }
}
