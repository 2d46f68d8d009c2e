/** Options with their defaults filled in, but for those that stay open. */
export type Filled<T, Open extends keyof T = never> = {
  readonly [K in Exclude<keyof T, Open>]-?: Exclude<T[K], undefined>;
} & Pick<T, Open>;
