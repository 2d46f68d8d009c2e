/** True for the name of a GGUF file. */
export const isGguf = (path: string): boolean => /\.gguf$/i.test(path);
