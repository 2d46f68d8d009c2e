/**
 * Bytes with memory of their own, which browsers write to files: `Uint8Array<ArrayBuffer>`. Declarations of packages name them
 * this way, as TypeScript has array types with a parameter from 5.7 on.
 */
export type OwnBytes = ReturnType<Uint8ArrayConstructor["of"]>;
