/** Numbers of which the smallest comes out first: a binary heap, number i above the numbers 2i + 1 and 2i + 2. */
export class MinHeap {
  readonly #numbers: number[] = [];

  push(number: number): void {
    const numbers = this.#numbers;
    let place = numbers.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (numbers[above]! <= number) break;
      numbers[place] = numbers[above]!;
      place = above;
    }
    numbers[place] = number;
  }

  /** Takes the smallest out; undefined where there is none. */
  pop(): number | undefined {
    const numbers = this.#numbers;
    const [smallest] = numbers;
    const last = numbers.pop();
    if (last !== undefined && numbers.length > 0) this.#sink(last);
    return smallest;
  }

  /** Puts a number where the smallest was, then below what is smaller. */
  #sink(number: number): void {
    const numbers = this.#numbers;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= numbers.length) break;
      if (below + 1 < numbers.length && numbers[below + 1]! < numbers[below]!) below++;
      if (numbers[below]! >= number) break;
      numbers[place] = numbers[below]!;
      place = below;
    }
    numbers[place] = number;
  }
}
