import type { Tensor } from "@deepgrain/tensor-gpu";

/** Keeps one tensor outside all scopes until the next one replaces it. */
export class KeptValue {
  private tensor: Tensor | null = null;

  get value(): Tensor | null {
    return this.tensor;
  }

  /** Frees what was held and holds `next`. */
  replace(next: Tensor | null): void {
    const before = this.tensor;
    this.tensor = next?.alias() ?? null;
    before?.dispose();
  }
}
