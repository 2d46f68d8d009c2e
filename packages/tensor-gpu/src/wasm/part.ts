/** A part of the kernels as it is stored. Operators that need a part name it, so that a bundle holds no other. */
export interface Part {
  /** Bytes of the binary. */
  readonly size: number;
  /** The binary, deflated. */
  readonly base64: string;
}
