/**
 * @file Test processes share the processors: the WebAssembly backend starts two threads in each and in what it starts, unless a
 * test asks for others.
 */
process.env.DEEPGRAIN_THREADS ??= "2";
