import type { NamedTensors, ReadonlyTensors } from "../../federation/tensors/named-tensors";
import { squaredNorm } from "../../federation/tensors/tensor-math";

/** The factor that scales gradients to a joint norm of at most `clip`: min(1, clip/(norm + 1e-6)). */
export function clipFactor(gradients: ReadonlyTensors, clip: number | null): number {
  if (clip === null) return 1;
  let squares = 0;
  for (const { data } of gradients.values()) squares += squaredNorm(data);
  return Math.min(1, clip / (Math.sqrt(squares) + 1e-6));
}

/** u := ρ·u + scale·g; θ := θ − lr·u, for one tensor. A separate function, so that the compiler can infer the array types. */
function momentumStep(
  data: Float32Array,
  gradient: Float32Array,
  kept: Float32Array,
  { lr, momentum, scale }: StepSettings,
): void {
  for (let i = 0; i < data.length; i++) {
    const u = momentum * kept[i]! + scale * gradient[i]!;
    kept[i] = u;
    data[i]! -= lr * u;
  }
}

/** θ := θ − lr·scale·g for one tensor. */
function plainStep(data: Float32Array, gradient: Float32Array, { lr, scale }: StepSettings): void {
  for (let i = 0; i < data.length; i++) data[i]! -= lr * scale * gradient[i]!;
}

interface StepSettings {
  readonly lr: number;
  readonly momentum: number;
  /** Factor on the gradients. */
  readonly scale: number;
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
  settings: StepSettings,
): void {
  for (const [name, { shape, data: gradient }] of gradients) {
    const { data } = params.get(name)!;
    if (settings.momentum === 0) {
      plainStep(data, gradient, settings);
      continue;
    }
    const known = velocity.get(name);
    const kept = known?.data ?? new Float32Array(data.length);
    if (!known) velocity.set(name, { shape, data: kept });
    momentumStep(data, gradient, kept, settings);
  }
}
