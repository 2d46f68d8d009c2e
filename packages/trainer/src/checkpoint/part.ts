/** Something that a checkpoint holds: model weights, factors, a reference model, counters. */
export interface CheckpointPart {
  /** Writes files into a folder, which is there already. */
  save(folder: string): Promise<unknown>;
  /** Puts back what `save` wrote. Throws where the files are damaged or of another run. */
  restore(folder: string): Promise<unknown>;
}

/** Parts by name; each has a folder of that name in the checkpoint. */
export type CheckpointParts = Readonly<Record<string, CheckpointPart>>;
