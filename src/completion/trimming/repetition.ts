/** Longer units are whole lines, which the end of a block looks after. */
const maxUnitChars = 60;

/** Six times in a row: shorter rows such as `a, a, a` are left alone. A policy in a loop never leaves it again. */
const minCopies = 6;

/** Only a loop of letters is one: rulers, rows of zeros and indentation repeat rightly. */
const letter = /\p{L}/u;

/** The offset behind the first copy of what the text repeats at its end over and over; `undefined` when it does not. */
export function findLoop(text: string): number | undefined {
  for (let unitChars = 1; unitChars <= maxUnitChars; unitChars++) {
    const unit = text.slice(-unitChars);
    if (text.endsWith(unit.repeat(minCopies)) && letter.test(unit)) return endOfFirstCopy(text, unit);
  }
  return undefined;
}

function endOfFirstCopy(text: string, unit: string): number {
  let end = text.length;
  while (text.endsWith(unit, end - unit.length)) end -= unit.length;
  return end;
}
