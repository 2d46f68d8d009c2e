/** A model folder that a command writes as a whole. */
export const modelOutArg = {
  type: "string",
  required: true,
  valueHint: "dir",
  writes: "replaced-folder",
  description: "Folder to write; a model folder that is there is replaced, any other is refused",
} as const;
