/** A part of the kernels as it is stored. Operators that need a part name it, so that a bundle holds no other. */
export interface Part {
  /** Bytes of the binary. */
  readonly size: number;
  /**
   * Names of its exports in order, with a blank in between. That of a kernel is followed by a colon and the layout of its
   * arguments, a letter per field as in `arguments.ts`; in the binary it has a shorter name.
   */
  readonly kernels: string;
  /** The binary, deflated. */
  readonly base64: string;
}
