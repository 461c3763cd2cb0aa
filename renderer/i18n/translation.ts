/** The shape that another language must fill: the same keys, any words, and `_one` forms where its grammar has them. */
export type Translation<T> = { [K in keyof T]: T[K] extends string ? string : Translation<T[K]> } & {
  [K in keyof T as K extends `${infer Stem}_other` ? `${Stem}_one` : never]?: string
}
