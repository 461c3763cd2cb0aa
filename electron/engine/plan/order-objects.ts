/** The order of a table that may have millions of rows: by counting, for comparing takes many times as long. */

const DIGIT_BITS = 11
const DIGITS = 2 ** DIGIT_BITS

/** Largest first; of one size, as listed. */
export function orderBySize(sizes: Float64Array, length: number): Uint32Array {
  let order = asListed(length)
  const digits = new Uint16Array(length)
  for (let unit = 1, isWhole = false; !isWhole; unit *= DIGITS) {
    isWhole = true
    for (let index = 0; index < length; index++) {
      const rest = (sizes[index] as number) / unit
      isWhole &&= rest < DIGITS
      digits[index] = DIGITS - 1 - (rest < 2 ** 31 ? rest & (DIGITS - 1) : Math.floor(rest) % DIGITS)
    }
    order = countInto(order, digits)
  }
  return order
}

function asListed(length: number): Uint32Array {
  const order = new Uint32Array(length)
  for (let index = 0; index < length; index++) order[index] = index
  return order
}

/** One pass of a counting sort: by the digit of each index, least first. Keeps the order of what is alike. */
function countInto(order: Uint32Array, digits: Uint16Array): Uint32Array {
  const places = new Uint32Array(DIGITS + 1)
  for (let index = 0; index < digits.length; index++) {
    const next = (digits[index] as number) + 1
    places[next] = (places[next] as number) + 1
  }
  for (let digit = 1; digit <= DIGITS; digit++) {
    places[digit] = (places[digit] as number) + (places[digit - 1] as number)
  }
  const ordered = new Uint32Array(order.length)
  for (let place = 0; place < order.length; place++) {
    const index = order[place] as number
    const digit = digits[index] as number
    const to = places[digit] as number
    ordered[to] = index
    places[digit] = to + 1
  }
  return ordered
}
