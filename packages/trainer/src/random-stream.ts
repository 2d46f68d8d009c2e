import { defaultGenerator, type GeneratorState } from "@deepgrain/tensor-gpu";

/** The run that the engine's default generator draws for now. */
let drawing: RandomStream | undefined;

/**
 * The random numbers of one run. Runs that take turns on one thread share the engine's default generator; each goes on where
 * it left off, so that it draws what it draws alone. A run that is alone leaves the generator as it is.
 */
export class RandomStream {
  private left: GeneratorState = defaultGenerator.state();

  constructor() {
    this.enter();
  }

  /** Makes the default generator go on where this run left it. Call it before work that draws and does not wait. */
  enter(): void {
    if (drawing === this) return;
    if (drawing) drawing.left = defaultGenerator.state();
    defaultGenerator.restore(this.left);
    drawing = this;
  }

  state(): GeneratorState {
    this.enter();
    return defaultGenerator.state();
  }

  restore(state: GeneratorState): void {
    this.enter();
    defaultGenerator.restore(state);
  }

  /** The run draws no more. */
  end(): void {
    if (drawing === this) drawing = undefined;
  }
}
