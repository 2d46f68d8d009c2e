/** SHA-256 over the names and texts of all AssemblyScript sources, in order of name. */
export function sourcesHash(): string;
