/** Options with their defaults filled in, except for those without a default. */
export type Filled<T, Open extends keyof T = never> = {
  readonly [K in Exclude<keyof T, Open>]-?: Exclude<T[K], undefined>;
} & Pick<T, Open>;
