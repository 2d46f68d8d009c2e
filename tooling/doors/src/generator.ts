/** @file A door's generated inputs: valid ones, mutations, and unlucky orders that grow. */
import type { Budget } from "@deepgrain/support";
import type fc from "fast-check";

/** An input as the door gets it: bytes of a file, text, or the value of a JSON text. */
export type Form = "bytes" | "text" | "json";

/** How inputs of a door are made and read. */
export interface Generator {
  /** As the list of doors names it. */
  readonly door: string;
  readonly form: Form;
  /** Inputs that are valid, as texts, bytes or JSON values. */
  readonly valid: fc.Arbitrary<unknown>;
  /**
   * Reads an input.
   * @param budget counts the steps of a reader that takes one; without it, the reader has its own
   */
  read(input: never, budget?: Budget): unknown;
  /** Inputs of size n by the name of their order; the work of each may grow in proportion to n. */
  readonly orders: Readonly<Record<string, (n: number) => unknown>>;
  /** The first of the sizes n, 2n and 4n. Default 256. */
  readonly from?: number | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An input as the bytes of a file of the corpus. */
export function toBytes(form: Form, input: unknown): Uint8Array {
  if (form === "bytes") return input as Uint8Array;
  return encoder.encode(form === "text" ? (input as string) : JSON.stringify(input));
}

/** The input in the bytes of a file. @throws {SyntaxError} where a JSON value is wanted and the bytes have none */
export function fromBytes(form: Form, bytes: Uint8Array): unknown {
  if (form === "bytes") return bytes;
  const text = decoder.decode(bytes);
  return form === "text" ? text : JSON.parse(text);
}
